namespace Bandstand.Statistics.Sequential;

/// <summary>
/// The sequential test of sample ratio mismatch: are participants spread as each one's own probabilities of assignment made likely?
/// </summary>
/// <remarks>
/// <para>An epoch is a period of constant weights, so its counts and probabilities say all. Two e-processes are averaged. One is for
/// deviations of any shape: for each epoch the average of the Dirichlet-multinomial Bayes factors with c = 100 and c = 10 000 (Lindon and
/// Malek 2022), multiplied over epochs. The other is for an alternative that loses or gains by the same factor throughout, however short
/// the epochs: <see cref="LabelMixture"/> of each alternative against the rest with τ = 0.1, averaged over alternatives.</para>
/// <para>Weights may depend on everything that happened before their epoch: given the past each assignment is still a draw with its own
/// probabilities, so this holds under bandits and ramps, at every look. Pure.</para>
/// </remarks>
public static class AssignmentProcess
{
    private const double Deviation = 0.1;

    /// <summary>The evidence of a mismatch.</summary>
    /// <param name="epochs">For each epoch, by alternative: its probability and its participants. All of the same length.</param>
    public static Evidence Evidence(IReadOnlyList<(double[] Probabilities, long[] Counts)> epochs)
    {
        if (epochs.Count == 0)
        {
            return default;
        }

        var product = 0.0;
        foreach (var (probabilities, counts) in epochs)
        {
            product += Sequential.Evidence.Average(
                DirichletMultinomial.Evidence(counts, probabilities, 100),
                DirichletMultinomial.Evidence(counts, probabilities, 10_000)).LogE;
        }

        var alternatives = epochs[0].Counts.Length;
        var tilts = new Evidence[alternatives];
        for (var k = 0; k < alternatives; k++)
        {
            tilts[k] = new LabelMixture(epochs.Select(e => new LabelStratum(Math.Min(1, e.Probabilities[k]), e.Counts[k], e.Counts.Sum() - e.Counts[k])), Deviation).Evidence;
        }

        return Sequential.Evidence.Average(new Evidence(product), Sequential.Evidence.Average(tilts));
    }
}
