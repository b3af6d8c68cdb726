using Bandstand.Statistics;

namespace Bandstand.Participants;

/// <summary>What one metric came to among some participants.</summary>
/// <param name="Converted">Participants with at least one event that counted.</param>
/// <param name="Conversions">Of a conversion metric the sum of the values, repeats included; else the number of events.</param>
/// <param name="Moments">Moments of the participants' totals (a conversion metric's are 0 or 1); participants without events are 0.</param>
public readonly record struct MetricStatistics(long Converted, double Conversions, Moments Moments)
{
    /// <summary>The total with the covariate, or what is above the line with what is below; null for metrics that have neither.</summary>
    public PairStatistics? Pair { get; init; }

    /// <summary>Of a metric with a window: the same of those whose windows are closed. Null without a window.</summary>
    public MatureStatistics? Mature { get; init; }

    /// <summary>Both together.</summary>
    public static MetricStatistics operator +(MetricStatistics left, MetricStatistics right)
        => new(left.Converted + right.Converted, left.Conversions + right.Conversions, left.Moments + right.Moments)
        {
            Pair = left.Pair is null ? right.Pair : right.Pair is null ? left.Pair : left.Pair + right.Pair,
            Mature = left.Mature is null ? right.Mature : right.Mature is null ? left.Mature : left.Mature + right.Mature,
        };

    /// <summary>What a metric came to among participants who did nothing yet, none of whose windows is closed.</summary>
    internal static MetricStatistics Nothing(MetricSlot metric, long participants) => new(0, 0, new Moments(participants, 0, 0))
    {
        Pair = metric.Rule switch
        {
            { Numerator: not null } => new PairStatistics(JointMoments.Of(participants), default),
            { Covariate: not null } => new PairStatistics(default, new Moments(participants, 0, 0)),
            _ => null,
        },
        Mature = metric.Rule?.Window is null ? null : new MatureStatistics(0, Nothing(metric with { Rule = metric.Rule with { Window = null } }, 0)),
    };

    /// <summary>The same as <c>left + right</c>.</summary>
    public static MetricStatistics Add(MetricStatistics left, MetricStatistics right) => left + right;
}

/// <summary>Two numbers of each participant together. Immutable.</summary>
/// <param name="Joint">
/// With a covariate: that and the total, of those whose covariate is known. Of ratios and retention: below and above the line, of everybody.
/// </param>
/// <param name="Rest">Totals of those whose covariate is not known.</param>
public sealed record PairStatistics(JointMoments Joint, Moments Rest)
{
    /// <summary>Both together.</summary>
    public static PairStatistics operator +(PairStatistics left, PairStatistics right) => new(left.Joint + right.Joint, left.Rest + right.Rest);

    /// <summary>The same as <c>left + right</c>.</summary>
    public static PairStatistics Add(PairStatistics left, PairStatistics right) => left + right;
}

/// <summary>What those came to whose windows are closed, so that it does not change any more but for events that arrive late. Immutable.</summary>
/// <param name="Participants">How many they are.</param>
/// <param name="Figures">Their figures.</param>
public sealed record MatureStatistics(long Participants, MetricStatistics Figures)
{
    /// <summary>Both together.</summary>
    public static MatureStatistics operator +(MatureStatistics left, MatureStatistics right) => new(left.Participants + right.Participants, left.Figures + right.Figures);

    /// <summary>The same as <c>left + right</c>.</summary>
    public static MatureStatistics Add(MatureStatistics left, MatureStatistics right) => left + right;
}

/// <summary>What one alternative came to.</summary>
/// <param name="Participants">Participants.</param>
/// <param name="Metrics">By metric slot.</param>
public sealed record AlternativeStatistics(long Participants, IReadOnlyList<MetricStatistics> Metrics);

/// <summary>What the participants of one epoch came to.</summary>
/// <param name="Epoch">The epoch's number.</param>
/// <param name="Alternatives">By alternative, all of them.</param>
public sealed record EpochStatistics(int Epoch, IReadOnlyList<AlternativeStatistics> Alternatives);

/// <summary>One shard's statistics at one moment. Immutable.</summary>
/// <param name="Metrics">The metric slots.</param>
/// <param name="Alternatives">How many alternatives there are.</param>
/// <param name="Epochs">Epochs that have participants, in order.</param>
public sealed record ShardStatistics(IReadOnlyList<MetricSlot> Metrics, int Alternatives, IReadOnlyList<EpochStatistics> Epochs);
