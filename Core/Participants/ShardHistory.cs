namespace Bandstand.Participants;

/// <summary>What happened when, by event time. Immutable. Erasing somebody leaves it as it is: it names nobody.</summary>
/// <param name="Hours">By hour, oldest first, then by alternative; the 14 days up to the newest event.</param>
/// <param name="Days">By day (UTC), oldest first, then by alternative.</param>
public sealed record ShardHistory(IReadOnlyList<HistoryCell> Hours, IReadOnlyList<HistoryCell> Days)
{
    /// <summary>Adds the shards up.</summary>
    /// <param name="shards">All shards of an experiment.</param>
    public static ShardHistory Merge(IReadOnlyList<ShardHistory> shards)
        => new(Merge(shards.SelectMany(s => s.Hours)), Merge(shards.SelectMany(s => s.Days)));

    private static HistoryCell[] Merge(IEnumerable<HistoryCell> cells)
        => [.. cells.GroupBy(c => (c.FromMs, c.Alternative)).OrderBy(g => g.Key).Select(g => g.Aggregate((a, b) => a.Add(b)))];
}

/// <summary>One alternative in one hour or day. Only those in which something happened are listed.</summary>
/// <param name="FromMs">The start, in milliseconds since 1970.</param>
/// <param name="Alternative">The alternative's index.</param>
/// <param name="Participants">New participants.</param>
/// <param name="Metrics">By metric slot.</param>
public sealed record HistoryCell(long FromMs, int Alternative, long Participants, IReadOnlyList<HistoryGain> Metrics)
{
    internal HistoryCell Add(HistoryCell other)
    {
        var metrics = new HistoryGain[Math.Max(Metrics.Count, other.Metrics.Count)];
        for (var m = 0; m < metrics.Length; m++)
        {
            var (a, b) = (m < Metrics.Count ? Metrics[m] : default, m < other.Metrics.Count ? other.Metrics[m] : default);
            metrics[m] = new HistoryGain(a.Converted + b.Converted, a.Conversions + b.Conversions, a.Total + b.Total);
        }

        return new HistoryCell(FromMs, Alternative, Participants + other.Participants, metrics);
    }
}

/// <summary>What one metric gained.</summary>
/// <param name="Converted">Participants whose first event it was.</param>
/// <param name="Conversions">Of a conversion metric the sum of the values, else the number of events.</param>
/// <param name="Total">The sum of the values.</param>
public readonly record struct HistoryGain(long Converted, double Conversions, double Total);

/// <summary>What somebody who runs the experiment may want to look into, of one shard or of all together. Immutable; counted since the generation began.</summary>
/// <param name="Conflicts">Exposures to another alternative than the first.</param>
/// <param name="Held">Events held now.</param>
/// <param name="HeldEver">Events ever held.</param>
/// <param name="HeldDropped">Held events that were dropped: too old, too many, or before the exposure.</param>
/// <param name="Forced">Identities forced now.</param>
/// <param name="Producers">Producers remembered now; together, one counts once for each shard that knows it.</param>
/// <param name="ProducersDropped">Producers forgotten early because there were too many; counted as <paramref name="Producers"/> are.</param>
/// <param name="Ids">Event ids remembered now.</param>
public readonly record struct ShardHealth(long Conflicts, long Held, long HeldEver, long HeldDropped, long Forced, long Producers, long ProducersDropped, long Ids)
{
    /// <summary>Adds the shards up.</summary>
    /// <param name="shards">All shards of an experiment.</param>
    public static ShardHealth Merge(IEnumerable<ShardHealth> shards) => shards.Aggregate(default(ShardHealth), Add);

    /// <summary>Both together.</summary>
    public static ShardHealth operator +(ShardHealth left, ShardHealth right) => new(
        left.Conflicts + right.Conflicts,
        left.Held + right.Held,
        left.HeldEver + right.HeldEver,
        left.HeldDropped + right.HeldDropped,
        left.Forced + right.Forced,
        left.Producers + right.Producers,
        left.ProducersDropped + right.ProducersDropped,
        left.Ids + right.Ids);

    /// <summary>The same as <c>left + right</c>.</summary>
    public static ShardHealth Add(ShardHealth left, ShardHealth right) => left + right;
}
