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
        signed = [.. arms.Select((arm, i) => Measure(arm, kind, sign, adjusted?[i]))];
        var anyOpen = arms.Any(arm => arm.IsOpen);
        Candidates = [.. Enumerable.Range(0, arms.Count).Where(i => arms[i].IsOpen || !anyOpen)];
        Ascending = [.. Candidates.OrderBy(i => signed[i])];

        bool IsMeasured(int i) => arms[i].Participants > 0 && signed[i] != 0;
        Base = Ascending.Count > 1 ? Ascending[^2] : null;
        Best = Candidates.Any(IsMeasured) ? Ascending[^1] : null;
        Least = Ascending.Where(IsMeasured).Cast<int?>().FirstOrDefault();
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
