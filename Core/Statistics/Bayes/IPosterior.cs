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

    /// <summary>How far a panel that begins at a point may reach without losing digits.</summary>
    /// <param name="from">The panel's lower end.</param>
    /// <param name="isFaint">Whether only integrals over the whole panel are needed, not how they grow within it.</param>
    double PanelEnd(double from, bool isFaint);

    /// <summary>The density at the nodes of a panel, per unit of the scale.</summary>
    /// <param name="panel">The panel, laid by <see cref="Lay"/>.</param>
    /// <param name="density">Room for as many numbers as the panel has nodes.</param>
    /// <param name="carried">
    /// What the posterior keeps from its last panel, which the panel's step leads on from; NaN at first.
    /// </param>
    void Fill(in Panel panel, ref double density, ref double carried);

    /// <summary>What all densities of the kind share at the nodes of a panel.</summary>
    /// <param name="panel">The panel, its nodes set.</param>
    static abstract void Lay(in Panel panel);
}
