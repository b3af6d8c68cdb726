using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bandstand.Participants;

/// <summary>
/// Events for one shard, as the bytes that also travel between machines: read by <see cref="ParticipantShard.Apply"/>, written by
/// <see cref="ShardBatchWriter"/>.
/// </summary>
/// <remarks>
/// Layout, little-endian, version 1: version(2), alternatives(2) of the plan it needs, count(4), producer(8), sequence(8), epochs(4) and metrics(4) of
/// the plan it needs, then 32 bytes an event: key(8), value or exposure(8), id(8), head(8) = kind(2 bits) metric(20 bits) time(42 bits). An exposure's eight bytes are alternative(4) epoch(4).
/// </remarks>
public readonly struct ShardBatch
{
    internal const ushort Version = 1;
    internal const int HeaderBytes = 32;
    internal const int EventBytes = 32;

    private readonly ReadOnlyMemory<byte> bytes;

    private ShardBatch(ReadOnlyMemory<byte> bytes) => this.bytes = bytes;

    /// <summary>The batch of these bytes, which must not change while it is used.</summary>
    /// <param name="bytes">What <see cref="ShardBatchWriter.Written"/> was.</param>
    /// <exception cref="InvalidDataException">They are no batch of a version that this program reads.</exception>
    public static ShardBatch Read(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < HeaderBytes)
        {
            throw new InvalidDataException($"A shard's batch has {span.Length} bytes, less than its header of {HeaderBytes}.");
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(span);
        if (version != Version)
        {
            throw new InvalidDataException($"A shard's batch has version {version}; this program reads version {Version}.");
        }

        var count = BinaryPrimitives.ReadUInt32LittleEndian(span[4..]);
        if (span.Length != HeaderBytes + ((long)count * EventBytes))
        {
            throw new InvalidDataException($"A shard's batch of {count} events has {span.Length} bytes, not {HeaderBytes + ((long)count * EventBytes)}.");
        }

        var batch = new ShardBatch(bytes);
        return batch.Producer == 0 || batch.Sequence >= 0 ? batch : throw new InvalidDataException($"A shard's batch has the sequence number {batch.Sequence}, below 0.");
    }

    /// <summary>How many events; <c>default</c> has none.</summary>
    public int Count => bytes.IsEmpty ? 0 : (bytes.Length - HeaderBytes) / EventBytes;

    /// <summary>The hash of the producer's name; 0: none.</summary>
    public ulong Producer => Word(8);

    /// <summary>The producer's sequence number of the batch.</summary>
    public long Sequence => unchecked((long)Word(16));

    /// <summary>
    /// True when the plan knows every epoch, alternative and metric that the batch names. Where it does not, the shard's host should ask for the
    /// newest plan before it applies the batch: events that name what is unknown are ignored.
    /// </summary>
    /// <param name="plan">The plan in force at the shard.</param>
    public bool FitsIn(ShardPlan plan)
    {
        if (bytes.IsEmpty)
        {
            return true;
        }

        var span = bytes.Span;
        return BinaryPrimitives.ReadUInt16LittleEndian(span[2..]) <= plan.Alternatives
            && BinaryPrimitives.ReadUInt32LittleEndian(span[24..]) <= plan.Epoch + 1
            && BinaryPrimitives.ReadUInt32LittleEndian(span[28..]) <= plan.Metrics.Count;
    }

    /// <summary>
    /// How many events of some metrics counted. An exposure that counted is one, too: what was held of that participant may have counted with it.
    /// </summary>
    /// <param name="verdicts">What became of each event.</param>
    /// <param name="metrics">By metric slot: whether it is meant.</param>
    public long CountedOf(ReadOnlySpan<EventVerdict> verdicts, IReadOnlyList<bool> metrics)
    {
        long counted = 0;
        var events = Events;
        for (var i = 0; i < events.Length; i++)
        {
            ref readonly var e = ref events[i];
            var isMeant = e.Kind == BatchEvent.ExposureKind || (e.Metric < metrics.Count && metrics[e.Metric]);
            counted += isMeant && verdicts[i] == EventVerdict.Counted ? 1 : 0;
        }

        return counted;
    }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    internal ReadOnlySpan<BatchEvent> Events => bytes.IsEmpty ? [] : MemoryMarshal.Cast<byte, BatchEvent>(bytes.Span[HeaderBytes..]);

    private ulong Word(int at) => bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[at..]);
}

/// <summary>One event of a batch in its 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = ShardBatch.EventBytes)]
internal readonly struct BatchEvent(ulong key, ulong value, ulong id, ulong head)
{
    public const uint TrackKind = 0;
    public const uint ExposureKind = 1;
    public const int MaxMetric = (1 << 20) - 1;

    private readonly ulong key = Swap(key);
    private readonly ulong value = Swap(value);
    private readonly ulong id = Swap(id);
    private readonly ulong head = Swap(head);

    public ulong Key => Swap(key);

    public ulong Id => Swap(id);

    public double Value => BitConverter.UInt64BitsToDouble(Swap(value));

    public uint Alternative => unchecked((uint)Swap(value));

    public int Epoch => unchecked((int)(uint)(Swap(value) >> 32));

    public uint Kind => (uint)(Swap(head) & 3);

    public int Metric => (int)((Swap(head) >> 2) & MaxMetric);

    public long AtMs => (long)(Swap(head) >> 22);

    public static ulong Head(uint kind, int metric, long atMs)
        => kind | ((ulong)(uint)metric << 2) | ((ulong)ShardTime.Clamp(atMs) << 22);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Swap(ulong value) => BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
}
