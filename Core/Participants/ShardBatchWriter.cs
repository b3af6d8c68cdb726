using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bandstand.Participants;

/// <summary>
/// Collects the events for one shard into a <see cref="ShardBatch"/>. Not thread-safe. Meant to be reused: <see cref="Clear"/> keeps
/// the memory.
/// </summary>
public sealed class ShardBatchWriter
{
    private byte[] buffer;
    private int length = ShardBatch.HeaderBytes;
    private int alternatives;
    private int metrics;
    private uint epochs;
    private ulong producer;
    private long sequence;

    /// <summary>Creates an empty batch of no producer.</summary>
    /// <param name="capacity">Events there is room for at first; it grows as needed.</param>
    public ShardBatchWriter(int capacity = 16)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        buffer = new byte[ShardBatch.HeaderBytes + (capacity * ShardBatch.EventBytes)];
    }

    /// <summary>Events so far.</summary>
    public int Count => (length - ShardBatch.HeaderBytes) / ShardBatch.EventBytes;

    /// <summary>The batch so far; valid until the next change of this writer.</summary>
    public ShardBatch Written
    {
        get
        {
            var header = buffer.AsSpan(0, ShardBatch.HeaderBytes);
            header.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(header, ShardBatch.Version);
            BinaryPrimitives.WriteInt32LittleEndian(header[4..], Count);
            BinaryPrimitives.WriteUInt64LittleEndian(header[8..], producer);
            BinaryPrimitives.WriteInt64LittleEndian(header[16..], sequence);
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)Math.Min(alternatives, ushort.MaxValue));
            BinaryPrimitives.WriteUInt32LittleEndian(header[24..], epochs);
            BinaryPrimitives.WriteInt32LittleEndian(header[28..], metrics);
            return ShardBatch.Read(buffer.AsMemory(0, length));
        }
    }

    /// <summary>Makes it empty, of no producer, and keeps its memory.</summary>
    public void Clear()
    {
        length = ShardBatch.HeaderBytes;
        (alternatives, metrics, epochs) = (0, 0, 0);
        producer = 0;
        sequence = 0;
    }

    /// <summary>Names who sends the batch.</summary>
    /// <param name="producer">The hash of the producer's name, not 0.</param>
    /// <param name="sequence">The batch's number, 0 or more.</param>
    public void SetProducer(ulong producer, long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfZero(producer);
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        this.producer = producer;
        this.sequence = sequence;
    }

    /// <summary>Adds an event of a metric.</summary>
    /// <param name="key">From <see cref="IdentityKey.Of"/>; not 0.</param>
    /// <param name="metricSlot">The metric's slot in the plan, 0 or more.</param>
    /// <param name="value">Finite; not negative for a conversion or count.</param>
    /// <param name="atMs">When it happened, milliseconds since 1970; before 1970 counts as 1970.</param>
    /// <param name="idHash">The hash of the event's id; 0: it has none.</param>
    public void AddTrack(ulong key, int metricSlot, double value, long atMs, ulong idHash = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)metricSlot, (uint)BatchEvent.MaxMetric, nameof(metricSlot));
        metrics = Math.Max(metrics, metricSlot + 1);
        Add(new BatchEvent(key, BitConverter.DoubleToUInt64Bits(value), idHash, BatchEvent.Head(BatchEvent.TrackKind, metricSlot, atMs)));
    }

    /// <summary>Adds a report of what somebody was shown.</summary>
    /// <param name="key">From <see cref="IdentityKey.Of"/>; not 0.</param>
    /// <param name="alternative">The alternative's index, 0 or more.</param>
    /// <param name="epoch">The epoch it was drawn in, as reported; −1: the one in force.</param>
    /// <param name="atMs">When it was shown, milliseconds since 1970; before 1970 counts as 1970.</param>
    /// <param name="idHash">The hash of the event's id; 0: it has none.</param>
    public void AddExposure(ulong key, int alternative, int epoch, long atMs, ulong idHash = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(key);
        ArgumentOutOfRangeException.ThrowIfNegative(alternative);
        ArgumentOutOfRangeException.ThrowIfEqual(alternative, int.MaxValue);
        alternatives = Math.Max(alternatives, alternative + 1);
        epochs = Math.Max(epochs, unchecked((uint)epoch + 1));
        var shown = unchecked((uint)alternative | ((ulong)(uint)epoch << 32));
        Add(new BatchEvent(key, shown, idHash, BatchEvent.Head(BatchEvent.ExposureKind, 0, atMs)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(in BatchEvent added)
    {
        if (buffer.Length - length < ShardBatch.EventBytes)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + (16 * ShardBatch.EventBytes)));
        }

        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(buffer), length), added);
        length += ShardBatch.EventBytes;
    }
}
