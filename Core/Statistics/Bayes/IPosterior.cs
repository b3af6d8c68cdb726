namespace Bandstand.Statistics.Bayes;

/// <summary>
/// A posterior density of one alternative's mean, on a scale y on which it is smooth and unimodal. <see cref="BestOf"/>
/// needs nothing else of it.
/// </summary>
internal interface IPosterior
{
    /// <summary>Below it lies less than 1e-17 of the probability, or as little as the scale allows.</summary>
    double Lower { get; }

    /// <summary>Above it lies less than 1e-17 of the probability.</summary>
    double Upper { get; }

    /// <summary>The mean itself, not on the scale.</summary>
    double Mean { get; }

    /// <summary>The density on the scale.</summary>
    double Density(double y);

    /// <summary>How far from y one sixteen-point panel may reach without losing digits.</summary>
    double Reach(double y);

    /// <summary>The mean that belongs to a point of the scale.</summary>
    double Value(double y);
}
