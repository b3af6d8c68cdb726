using System.Globalization;
using System.Text;
using Bandstand.Participants;
using Bandstand.Ports;

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
public readonly record struct ProducerSequence(string Name, long Sequence)
{
    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public const int MaxNameBytes = 128;

    /// <summary>Reads <c>NAME/SEQUENCE</c>.</summary>
    /// <param name="text">The text; the last slash divides it.</param>
    public static Answer<ProducerSequence> Parse(string text)
    {
        var slash = text.LastIndexOf('/');
        if (slash <= 0 || Encoding.UTF8.GetByteCount(text.AsSpan(0, slash)) > MaxNameBytes
            || !long.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return new Refusal(RefusalKind.Malformed, "invalid-producer", $"A producer is NAME/SEQUENCE: a name of 1 to {MaxNameBytes} bytes, a slash, and a whole number from 0 that grows by one a batch, such as web-1/42.");
        }

        return new ProducerSequence(text[..slash], sequence);
    }

    /// <summary>The hash under which shards remember the name; never 0.</summary>
    internal ulong Hash() => IdentityKey.Of(Encoding.UTF8.GetBytes(Name), default);
}

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
