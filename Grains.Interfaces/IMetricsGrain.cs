namespace Bandstand.Grains;

/// <summary>Daily totals of every metric. There is one: its key is <see cref="Key"/>.</summary>
[Alias("bandstand.IMetricsGrain")]
public interface IMetricsGrain : IGrainWithStringKey
{
    /// <summary>The key of the one there is.</summary>
    const string Key = "metrics";

    /// <summary>What is known of a producer's batch, as a <see cref="Participants.ProducerVerdict"/>.</summary>
    [Alias("check-producer")]
    ValueTask<byte> CheckProducer(ulong producer, long sequence, long nowMs);

    /// <summary>Counts a <see cref="Events.MetricTally"/>; answers when it is durable.</summary>
    [Alias("apply")]
    ValueTask Apply([Immutable] byte[] tally, long nowMs);

    /// <summary>Metrics that were ever tracked, with the latest event's time, as JSON.</summary>
    [Alias("known")]
    ValueTask<byte[]> Known();

    /// <summary>Daily totals as JSON, or null when no event of the metric ever counted and <paramref name="evenIfUnknown"/> is false.</summary>
    [Alias("values")]
    ValueTask<byte[]?> Values(string metric, DateOnly from, DateOnly to, bool evenIfUnknown);
}
