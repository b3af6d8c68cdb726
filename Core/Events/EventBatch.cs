namespace Bandstand.Events;

/// <summary>How the events of a body are laid out.</summary>
public enum EventFormat
{
    /// <summary>One JSON object a line.</summary>
    Lines,

    /// <summary>One JSON array of objects.</summary>
    Array,
}

/// <summary>A producer's name and the sequence number of one of its batches: sent again, it counts nothing twice.</summary>
/// <param name="Name">1 to 128 characters.</param>
/// <param name="Sequence">0 or more; grows by one a batch.</param>
public readonly record struct ProducerSequence(string Name, long Sequence);

/// <summary>A body of events as it arrived.</summary>
/// <param name="Body">UTF-8 JSON; whole lines when <paramref name="Format"/> is <see cref="EventFormat.Lines"/>. Not changed until the call is over.</param>
/// <param name="Format">How it is laid out.</param>
/// <param name="Producer">Who sends it, or null: then only <c>id</c>s protect against repeats.</param>
/// <param name="FirstLine">The number of the body's first line, from 1, for the rejections of a body that arrives in pieces.</param>
public readonly record struct EventBatch(ReadOnlyMemory<byte> Body, EventFormat Format, ProducerSequence? Producer = null, long FirstLine = 1);

/// <summary>What became of a batch, once durable.</summary>
public sealed record EventReceipt
{
    /// <summary>Events that counted.</summary>
    public long Accepted { get; init; }

    /// <summary>Events that had counted before.</summary>
    public long Duplicates { get; init; }

    /// <summary>Good events that concern nobody: the identity participates nowhere, or no running experiment has the metric.</summary>
    public long Ignored { get; init; }

    /// <summary>Bad events.</summary>
    public long RejectedCount { get; init; }

    /// <summary>The first 100 bad events.</summary>
    public IReadOnlyList<RejectedEvent> Rejected { get; init; } = [];
}

/// <summary>One bad event.</summary>
/// <param name="Line">Its line (or its place in the array), from 1.</param>
/// <param name="Code">A stable code.</param>
/// <param name="Detail">What is wrong and the remedy.</param>
public sealed record RejectedEvent(long Line, string Code, string Detail);
