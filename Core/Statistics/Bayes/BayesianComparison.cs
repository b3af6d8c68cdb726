namespace Bandstand.Statistics.Bayes;

/// <summary>
/// What a Bayesian comparison of alternatives says. Lists are in the order of the posteriors given. Immutable by convention.
/// </summary>
/// <remarks>
/// By quadrature, without draws: the same posteriors give the same bits on every machine. Measured against 40-digit
/// references: absolute error below 1e-11. Five alternatives take 4 to 8 µs. Pure and thread-safe.
/// </remarks>
/// <param name="ProbabilityBest">P(this one has the largest mean), 0 to 1, summing to 1.</param>
/// <param name="ExpectedMaximum">E[max of the means].</param>
/// <param name="ExpectedLoss">E[max] − E[mean], 0 or more: what is given up by choosing this one.</param>
public sealed record BayesianComparison(IReadOnlyList<double> ProbabilityBest, double ExpectedMaximum, IReadOnlyList<double> ExpectedLoss)
{
    /// <summary>P(this one is better than the reference), ½ for the reference itself; empty when no reference was named.</summary>
    public IReadOnlyList<double> BeatsReference { get; init; } = [];

    /// <summary>Compares conversion rates; more is better.</summary>
    /// <param name="posteriors">At least one. Mirror them for "less is better".</param>
    /// <param name="reference">Index of the one that each is also compared with alone, or −1.</param>
    public static BayesianComparison Of(ReadOnlySpan<BetaPosterior> posteriors, int reference = -1)
        => Compare<LogitBeta>(Densities.Of(posteriors), reference);

    /// <summary>Compares means with normal posteriors; more is better.</summary>
    /// <param name="posteriors">At least one. Mirror them for "less is better".</param>
    /// <param name="reference">Index of the one that each is also compared with alone, or −1.</param>
    public static BayesianComparison Of(ReadOnlySpan<NormalPosterior> posteriors, int reference = -1)
        => Compare<NormalDensity>(Densities.Of(posteriors), reference);

    /// <summary>Compares means with Student-t posteriors; more is better.</summary>
    /// <param name="posteriors">At least one. Mirror them for "less is better".</param>
    /// <param name="reference">Index of the one that each is also compared with alone, or −1.</param>
    public static BayesianComparison Of(ReadOnlySpan<StudentPosterior> posteriors, int reference = -1)
        => Compare<StudentDensity>(Densities.Of(posteriors), reference);

    private static BayesianComparison Compare<TPosterior>(ReadOnlySpan<TPosterior> densities, int reference)
        where TPosterior : struct, IPosterior
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(reference, densities.Length);
        var best = new double[densities.Length];
        double[] beats = reference < 0 ? [] : new double[densities.Length];
        var largest = double.NegativeInfinity;
        foreach (ref readonly var density in densities)
        {
            largest = Math.Max(largest, density.Mean);
        }

        var lead = BestOf.Compute(densities, largest, new BestOf.Answers(best, reference, beats));
        var loss = new double[densities.Length];
        for (var i = 0; i < loss.Length; i++)
        {
            loss[i] = Math.Max(0, lead + (largest - densities[i].Mean));
        }

        return new BayesianComparison(best, largest + lead, loss) { BeatsReference = beats };
    }
}
