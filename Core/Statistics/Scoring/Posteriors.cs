using Bandstand.Experiments;
using Bandstand.Statistics.Bayes;

namespace Bandstand.Statistics.Scoring;

/// <summary>
/// The posteriors of alternatives' means, mirrored where less is better, so that more always is. Conversions: Beta from the
/// uniform prior. Counts, values and linearised ratios: Student-t from the reference prior; an alternative whose totals are all the same, or that
/// has only two, borrows the pooled variance of all. A prior of the definition takes the place of these. Weights and scores use the same.
/// </summary>
internal sealed class Posteriors
{
    /// <summary>Participants that a mean's posterior needs.</summary>
    public const int Least = 2;

    private readonly BetaPosterior[]? rates;
    private readonly StudentPosterior[]? means;
    private readonly Unavailable?[] missing;
    private readonly int sign;

    public Posteriors(IReadOnlyList<ArmData> arms, MetricKind kind, int sign, MetricPrior? prior = null)
    {
        this.sign = sign;
        missing = new Unavailable?[arms.Count];
        if (kind == MetricKind.Conversion)
        {
            rates = new BetaPosterior[arms.Count];
            for (var i = 0; i < arms.Count; i++)
            {
                var rate = prior?.Rate?.Posterior(arms[i].Participants, arms[i].Converted) ?? BetaPosterior.Of(arms[i].Participants, arms[i].Converted);
                rates[i] = sign < 0 ? rate.Mirrored : rate;
            }

            return;
        }

        means = new StudentPosterior[arms.Count];
        var pooled = Pooled(arms);
        for (var i = 0; i < arms.Count; i++)
        {
            StudentPosterior mean;
            if (prior?.Mean is { } known)
            {
                mean = known.Posterior(arms[i].Totals);
                missing[i] = arms[i].Participants == 0 ? null : FixedComparison.FewBelow(arms[i]);
            }
            else
            {
                missing[i] = Mean(arms[i], pooled, out mean);
            }

            means[i] = sign < 0 ? mean.Mirrored : mean;
        }
    }

    /// <summary>Why an alternative has no posterior, or null when it has one.</summary>
    public Unavailable? Missing(int index) => missing[index];

    /// <summary>Compares the named alternatives, all of which have a posterior; the answer is in their order.</summary>
    /// <param name="indexes">The alternatives.</param>
    /// <param name="reference">Place in <paramref name="indexes"/> of the one that each is also compared with alone, or −1.</param>
    public BayesianComparison Compare(IReadOnlyList<int> indexes, int reference = -1) => rates is not null
        ? BayesianComparison.Of([.. indexes.Select(i => rates[i])], reference)
        : BayesianComparison.Of([.. indexes.Select(i => means![i])], reference);

    /// <summary>The shares of top-two sampling by draws repeated until another one leads, in the order of the indexes.</summary>
    /// <param name="indexes">The alternatives, all of which have a posterior.</param>
    public IReadOnlyList<double> TopTwo(IReadOnlyList<int> indexes) => rates is not null
        ? Bayes.TopTwo.Of([.. indexes.Select(i => rates[i])]).Resample
        : Bayes.TopTwo.Of([.. indexes.Select(i => means![i])]).Resample;

    /// <summary>The interval that leaves the same posterior probability on both sides of an alternative's rate or mean.</summary>
    /// <param name="index">An alternative that has a posterior.</param>
    /// <param name="credibility">Over 0 and under 1.</param>
    public Interval CredibleInterval(int index, double credibility)
    {
        var interval = rates is not null ? rates[index].CredibleInterval(credibility) : means![index].CredibleInterval(credibility);
        return sign > 0 ? interval : rates is not null ? new Interval(1 - interval.Upper, 1 - interval.Lower) : interval.Negate();
    }

    /// <summary>The value remaining among the named alternatives, which all have a posterior.</summary>
    /// <param name="indexes">The alternatives.</param>
    /// <param name="probabilityBest">Of each: the probability of being the best of them.</param>
    public Estimate<double> Remaining(IReadOnlyList<int> indexes, IReadOnlyList<double> probabilityBest)
    {
        if (indexes.Count < 2)
        {
            return Reasons.NoBase();
        }

        return Reasons.Finite(rates is not null
            ? ValueRemaining.Of([.. indexes.Select(i => sign < 0 ? rates[i].Mirrored : rates[i])], probabilityBest, sign)
            : ValueRemaining.Of([.. indexes.Select(i => means![i])], probabilityBest));
    }

    private static Unavailable? Mean(ArmData arm, (double Variance, double Freedom) pooled, out StudentPosterior mean)
    {
        mean = default;
        if (arm.Participants < Least)
        {
            return arm.Participants == 0 ? Reasons.EmptyAlternative(arm) : Reasons.FewParticipants(arm.Key, arm.Participants, Least);
        }

        if (FixedComparison.FewBelow(arm) is { } few)
        {
            return few;
        }

        if (StudentPosterior.Of(arm.Totals) is { } own)
        {
            mean = own;
            return null;
        }

        if (!(pooled.Freedom > 1))
        {
            return Reasons.FewParticipants(arm.Key, arm.Participants, Least + 1);
        }

        if (!(pooled.Variance > 0))
        {
            return Reasons.NoSpreadAnywhere();
        }

        mean = new StudentPosterior(arm.Totals.Mean, Math.Sqrt(pooled.Variance / arm.Participants), pooled.Freedom);
        return null;
    }

    private static (double Variance, double Freedom) Pooled(IReadOnlyList<ArmData> arms)
    {
        double squares = 0, freedom = 0;
        foreach (var arm in arms)
        {
            if (arm.Participants >= Least)
            {
                squares += arm.Totals.M2;
                freedom += arm.Totals.Count - 1;
            }
        }

        return (squares / freedom, freedom);
    }
}
