using Bandstand.Statistics;

namespace Bandstand.Participants;

/// <summary>What one metric came to among some participants.</summary>
/// <param name="Converted">Participants with at least one event that counted.</param>
/// <param name="Conversions">Of a conversion metric the sum of the values, repeats included; else the number of events.</param>
/// <param name="Moments">Moments of the participants' totals (a conversion metric's are 0 or 1); participants without events are 0.</param>
public readonly record struct MetricStatistics(long Converted, double Conversions, Moments Moments)
{
    /// <summary>Both together.</summary>
    public static MetricStatistics operator +(MetricStatistics left, MetricStatistics right)
        => new(left.Converted + right.Converted, left.Conversions + right.Conversions, left.Moments + right.Moments);

    /// <summary>The same as <c>left + right</c>.</summary>
    public static MetricStatistics Add(MetricStatistics left, MetricStatistics right) => left + right;
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
