namespace Bandstand.Statistics.Bayes;

/// <summary>
/// What a Bayesian comparison of alternatives says. Arrays are in the order of the posteriors given. Immutable by convention.
/// </summary>
/// <param name="ProbabilityBest">P(this one has the largest mean), 0 to 1, summing to 1.</param>
/// <param name="ExpectedMaximum">E[max of the means].</param>
/// <param name="ExpectedLoss">E[max] − E[mean], 0 or more: what is given up by choosing this one.</param>
public sealed record BayesianComparison(IReadOnlyList<double> ProbabilityBest, double ExpectedMaximum, IReadOnlyList<double> ExpectedLoss)
{
    /// <summary>Compares conversion rates; more is better.</summary>
    /// <param name="posteriors">At least one. Mirror them for "less is better".</param>
    /// <remarks>Accuracy: see <c>docs/statistics.md</c>; 1e-10 absolute against 40-digit references. Pure.</remarks>
    public static BayesianComparison Of(ReadOnlySpan<BetaPosterior> posteriors)
    {
        var densities = new LogitBeta[posteriors.Length];
        for (var i = 0; i < densities.Length; i++)
        {
            densities[i] = new LogitBeta(posteriors[i]);
        }

        return Compare<LogitBeta>(densities);
    }

    /// <summary>Compares means with normal posteriors; more is better.</summary>
    /// <param name="posteriors">At least one.</param>
    public static BayesianComparison Of(ReadOnlySpan<NormalPosterior> posteriors)
    {
        var densities = new NormalDensity[posteriors.Length];
        for (var i = 0; i < densities.Length; i++)
        {
            densities[i] = new NormalDensity(posteriors[i]);
        }

        return Compare<NormalDensity>(densities);
    }

    /// <summary>Compares means with Student-t posteriors; more is better.</summary>
    /// <param name="posteriors">At least one.</param>
    public static BayesianComparison Of(ReadOnlySpan<StudentPosterior> posteriors)
    {
        var densities = new StudentDensity[posteriors.Length];
        for (var i = 0; i < densities.Length; i++)
        {
            densities[i] = new StudentDensity(posteriors[i]);
        }

        return Compare<StudentDensity>(densities);
    }

    private static BayesianComparison Compare<TPosterior>(ReadOnlySpan<TPosterior> densities)
        where TPosterior : struct, IPosterior
    {
        if (densities.IsEmpty)
        {
            throw new ArgumentException("Nothing to compare: give at least one posterior.", nameof(densities));
        }

        var best = new double[densities.Length];
        var max = BestOf.Compute(densities, best);
        var loss = new double[densities.Length];
        for (var i = 0; i < loss.Length; i++)
        {
            loss[i] = Math.Max(0, max - densities[i].Mean);
        }

        return new BayesianComparison(best, max, loss);
    }
}
