using Bandstand.Experiments;

namespace Bandstand.Statistics.Scoring;

/// <summary>
/// The open alternatives from worst to best, by rate or mean times the sign: the goal's direction is settled here and nowhere
/// else. Equal ones stay in definition order, so that the last of them counts as the best, as in Vanity.
/// </summary>
internal sealed class Ranking
{
    private readonly double[] signed;

    /// <param name="arms">The alternatives.</param>
    /// <param name="kind">What kind of totals the metric makes.</param>
    /// <param name="sign">+1 when more is better, −1 when less is better.</param>
    /// <param name="adjusted">By alternative: the mean to rank by instead, where weights changed and the means over all mislead.</param>
    public Ranking(IReadOnlyList<ArmData> arms, MetricKind kind, int sign, IReadOnlyList<double>? adjusted = null)
    {
        signed = new double[arms.Count];
        var (open, measured) = (new List<int>(arms.Count), new bool[arms.Count]);
        for (var i = 0; i < arms.Count; i++)
        {
            var arm = arms[i];
            signed[i] = Measure(arm, kind, sign, adjusted?[i]);
            measured[i] = arm.Participants > 0 && signed[i] != 0;
            if (arm.IsOpen)
            {
                open.Add(i);
            }
        }

        int[] candidates = open.Count > 0 ? [.. open] : [.. Enumerable.Range(0, arms.Count)];
        int[] ascending = [.. candidates];
        ascending.AsSpan().Sort((one, other) => signed[one].CompareTo(signed[other]) is var order && order != 0 ? order : one - other);
        (Candidates, Ascending) = (candidates, ascending);
        Base = ascending.Length > 1 ? ascending[^2] : null;
        foreach (var i in ascending)
        {
            if (measured[i])
            {
                Least ??= i;
                Best = ascending[^1];
            }
        }
    }

    /// <summary>Indexes of what can win: the open ones, or all when none is open; in definition order.</summary>
    public IReadOnlyList<int> Candidates { get; }

    /// <summary>The candidates from worst to best.</summary>
    public IReadOnlyList<int> Ascending { get; }

    public int? Base { get; }

    public int? Best { get; }

    public int? Least { get; }

    /// <summary>Rate or mean times the sign: larger is better.</summary>
    public double Signed(int index) => signed[index];

    /// <summary>The measure of an alternative without sign; 0 when nobody participates.</summary>
    public static double Unsigned(ArmData arm, MetricKind kind) =>
        arm.Participants == 0 ? 0
        : kind == MetricKind.Conversion ? (double)arm.Converted / arm.Participants
        : arm.Totals.Mean;

    private static double Measure(ArmData arm, MetricKind kind, int sign, double? adjusted)
    {
        // Vanity ranks an empty alternative as one that never converts. Where less is better that would make it the best.
        var ranksLast = arm.Participants == 0 && (sign < 0 || kind != MetricKind.Conversion);
        return ranksLast ? double.NegativeInfinity : sign * (arm.Participants == 0 ? 0 : adjusted ?? Unsigned(arm, kind));
    }
}
