using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;
using Bandstand.Statistics.Adaptive;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Allocation;

/// <summary>Weights by value of an attribute.</summary>
/// <param name="Everybody">Of all who have no weights of their own.</param>
/// <param name="Own">Of those who have one value; empty where nobody is judged by themselves.</param>
public sealed record SegmentWeights(ChosenWeights Everybody, IReadOnlyList<(string Value, ChosenWeights Chosen)> Own);

/// <summary>
/// A bandit for every value of an attribute, shrunk to the whole: what a value's own participants did, and the difference between alternatives that
/// the whole shows as if it were that of so many participants more.
/// </summary>
/// <remarks>
/// <para>Within a value alternatives are compared by epoch, as <see cref="BanditBelief"/> does.</para>
/// <para>The whole: each alternative's mean in every value, weighted by the values' participants (direct standardization), worth as many participants as
/// its variance says. Its plain mean would not do, because alternatives no longer have the same mix of values.</para>
/// <para>The prior of an alternative in a value: its mean in the whole at the value's own level (times observed over expected for conversions, plus the
/// difference otherwise), worth K participants, never more than the whole has. K is estimated by the method of moments (DerSimonian and Laird 1986, Controlled
/// Clinical Trials 7, 177–188): as many participants as have the variance by which alternatives differ between values beyond chance; 100 to 10 000.</para>
/// <para>Algorithm, floor and burn-in are those of <see cref="ThompsonPolicy"/>. Pure and thread-safe: the same figures give the same weights.</para>
/// </remarks>
public static class SegmentPolicy
{
    /// <summary>The most values that have weights of their own: those with most participants.</summary>
    public const int Most = 20;

    /// <summary>The least that the whole is worth in a value, in participants of each alternative.</summary>
    public const long LeastWorth = 100;

    /// <summary>The most that the whole is worth in a value, in participants of each alternative: where values do not differ beyond chance.</summary>
    public const long GreatestWorth = 10_000;

    /// <summary>The weights for the next epochs.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="segments">The statistics of the values that are judged by themselves, and of everybody else.</param>
    /// <param name="bandit">Algorithm, floor and burn-in.</param>
    public static SegmentWeights Weights(Experiment experiment, IReadOnlyList<SegmentStatistics> segments, BanditAllocation bandit)
    {
        var conversions = experiment.LastPut.Primary.Kind == MetricKind.Conversion;
        var parts = segments.Select(segment =>
        {
            var counted = ExperimentArms.TotalsOfPrimary(experiment, segment.Statistics);
            return new Part(segment.Value, counted, Adjusted(experiment, segment.Statistics, counted, bandit, conversions));
        }).ToList();
        var (whole, shown) = (Whole(parts, conversions), Pooled(parts, conversions));
        var leveled = parts.Select(part => Expected(part, whole, conversions)).ToList();
        var worth = Worth(parts, leveled, conversions);
        var own = new List<(string, ChosenWeights)>();
        for (var p = 0; p < parts.Count; p++)
        {
            var (part, expected) = (parts[p], leveled[p]);
            if (part.Value is { } value && part.Counted.All(arm => !arm.IsOpen || arm.Participants >= bandit.BurnIn))
            {
                var believed = part.Arms.Select((arm, i) => Shrunk(arm, whole[i], expected[i], worth, conversions)).ToList();
                own.Add((value, ThompsonPolicy.Weights(experiment, believed, part.Counted, bandit, Invariant($"; the whole counts as {worth} participants of each"))));
            }
        }

        return new(ThompsonPolicy.Weights(experiment, whole, shown, bandit, "; every value counts by its participants"), own);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static double Mean(ArmData arm, bool conversions) => conversions ? (double)arm.Converted / arm.Participants : arm.Totals.Mean;

    private static double Variance(Moments totals) => totals.Count == 0 ? 0 : totals.M2 / totals.Count;

    /// <summary>A part's alternatives as if its epochs had been spread over them alike, worth as many participants as tell one from the others.</summary>
    private static IReadOnlyList<ArmData> Adjusted(Experiment experiment, ExperimentStatistics statistics, IReadOnlyList<ArmData> counted, BanditAllocation bandit, bool conversions)
    {
        if (BanditEpochs.Of(experiment, statistics, bandit, [.. counted.Select(arm => experiment.SlotOf(arm.Key))]) is not { } epochs)
        {
            return counted;
        }

        var means = AdjustedMeans.Of(epochs.Moments, epochs.Factors);
        return [.. counted.Select((arm, i) => arm.Participants == 0 || means[i].Counted == 0
            ? arm
            : Made(arm, Math.Max(1, (long)Math.Round(means[i].Worth)), means[i].Mean, means[i].Squares / means[i].Counted, conversions))];
    }

    /// <summary>The alternatives over all parts, each part weighted by its participants; worth as many participants as that is as certain as.</summary>
    private static List<ArmData> Whole(List<Part> parts, bool conversions) =>
    [
        .. parts[0].Arms.Select((first, i) =>
        {
            var present = parts.Where(part => part.Arms[i].Participants > 0).ToList();
            if (present.Count == 0)
            {
                return first;
            }

            var all = (double)present.Sum(part => part.Participants);
            double mean = 0, uncertainty = 0, square = 0;
            foreach (var part in present)
            {
                var (share, arm) = (part.Participants / all, part.Arms[i]);
                mean += share * Mean(arm, conversions);
                uncertainty += share * share / arm.Participants;
                square += share * Variance(arm.Totals);
            }

            return Made(first, Math.Max(1, (long)Math.Round(1 / uncertainty)), mean, square, conversions);
        }),
    ];

    /// <summary>The alternatives as they are, all parts together: what is shown beside the weights.</summary>
    private static List<ArmData> Pooled(List<Part> parts, bool conversions) =>
    [
        .. parts[0].Counted.Select((first, i) => first with
        {
            Participants = parts.Sum(part => part.Counted[i].Participants),
            Converted = parts.Sum(part => part.Counted[i].Converted),
            Totals = conversions
                ? Moments.FromConversions(parts.Sum(part => part.Counted[i].Participants), parts.Sum(part => part.Counted[i].Converted))
                : parts.Aggregate(default(Moments), (sum, part) => sum + part.Counted[i].Totals),
        }),
    ];

    /// <summary>By alternative: its mean in a part if only the part's level differed from the whole.</summary>
    private static double[] Expected(Part part, List<ArmData> whole, bool conversions)
    {
        double seen = 0, likely = 0, people = 0;
        for (var i = 0; i < whole.Count; i++)
        {
            var arm = part.Arms[i];
            if (arm.Participants > 0 && whole[i].Participants > 0)
            {
                people += arm.Participants;
                seen += arm.Participants * Mean(arm, conversions);
                likely += arm.Participants * Mean(whole[i], conversions);
            }
        }

        return [.. whole.Select(arm => arm.Participants == 0 ? double.NaN
            : !conversions ? Mean(arm, false) + (people > 0 ? (seen - likely) / people : 0)
            : Math.Clamp(Mean(arm, true) * (likely > 0 ? seen / likely : 1), 0, 1))];
    }

    /// <summary>How many participants the whole is worth in a part.</summary>
    private static long Worth(List<Part> parts, List<double[]> leveled, bool conversions)
    {
        double spread = 0, freedom = 0, sizes = 0;
        var counted = 0;
        for (var p = 0; p < parts.Count; p++)
        {
            var arms = parts[p].Arms.Select((arm, i) => (Arm: arm, Expected: leveled[p][i])).Where(a => a.Arm.IsOpen && a.Arm.Participants > 1)
                .Select(a => (N: (double)a.Arm.Participants, Miss: Mean(a.Arm, conversions) - a.Expected, Variance: conversions ? a.Expected * (1 - a.Expected) : Variance(a.Arm.Totals)))
                .Where(a => a.Variance > 0).ToList();
            var people = arms.Sum(a => a.N);
            if (arms.Count > 1)
            {
                counted++;
                freedom += arms.Count - 1;
                spread += arms.Sum(a => a.N * a.Miss * a.Miss / a.Variance);
                sizes += people - (arms.Sum(a => a.N * a.N) / people);
            }
        }

        // The whole is made of the parts, which takes one part's worth of freedom.
        var left = counted == 0 ? 0 : (counted - 1.0) / counted;
        var beyond = spread - (left * freedom);
        return beyond > 0 ? (long)Math.Clamp(left * sizes / beyond, LeastWorth, GreatestWorth) : GreatestWorth;
    }

    private static ArmData Shrunk(ArmData arm, ArmData whole, double expected, long worth, bool conversions)
    {
        var k = Math.Min(worth, whole.Participants);
        if (k == 0)
        {
            return arm;
        }

        var prior = Made(arm, k, expected, Variance(whole.Totals), conversions);
        return arm with { Participants = arm.Participants + k, Converted = arm.Converted + prior.Converted, Totals = arm.Totals + prior.Totals, Epochs = null };
    }

    private static ArmData Made(ArmData like, long participants, double mean, double variance, bool conversions)
    {
        var converted = conversions ? Math.Clamp((long)Math.Round(mean * participants), 0, participants) : participants;
        return like with
        {
            Participants = participants,
            Converted = converted,
            Totals = conversions ? Moments.FromConversions(participants, converted) : new Moments(participants, mean, variance * participants),
            Epochs = null,
        };
    }

    /// <summary>A value's alternatives as they were counted and as they are believed in.</summary>
    private sealed record Part(string? Value, IReadOnlyList<ArmData> Counted, IReadOnlyList<ArmData> Arms)
    {
        public long Participants { get; } = Counted.Sum(arm => arm.Participants);
    }
}
