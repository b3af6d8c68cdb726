using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bandstand.Participants;

/// <summary>
/// Collects the facts of one turn of a shard: what is in it after the turn is one journal entry, all or nothing.
/// </summary>
/// <remarks>
/// Not thread-safe. Meant to be reused: <see cref="Clear"/> keeps the memory. The facts are laid out by <see cref="FactKind"/>;
/// times are differences to the fact before, so that a track takes 11 to 28 bytes.
/// </remarks>
public sealed class ShardLog
{
    /// <summary>The version of the layout, the first byte of every entry.</summary>
    internal const byte Version = 1;

    // No fact but a plan is longer; a plan asks for its own room.
    private const int LongestFact = 64;

    private byte[] buffer;
    private int length;
    private long lastTime;

    /// <summary>Creates an empty log.</summary>
    /// <param name="capacity">Bytes to begin with, 1 or more; it grows as needed.</param>
    public ShardLog(int capacity = 4_096)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        buffer = new byte[Math.Max(capacity, LongestFact)];
    }

    /// <summary>The entry; valid until the next change of this log.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    /// <summary>True when nothing happened: there is nothing to append.</summary>
    public bool IsEmpty => length == 0;

    /// <summary>Makes it empty and keeps its memory.</summary>
    public void Clear()
    {
        length = 0;
        lastTime = 0;
    }

    internal void Assigned(ulong key, byte alternative, int epoch, long atMs, ulong id, ReadOnlySpan<byte> segments = default)
    {
        Reserve(LongestFact + 1 + segments.Length);
        ref var to = ref Begin(out var at);
        Put(ref to, ref at, (byte)((byte)FactKind.Assigned | (id == 0 ? 0 : FactFlags.Id) | (segments.IsEmpty ? 0 : FactFlags.Segments)));
        Put(ref to, ref at, key);
        Put(ref to, ref at, alternative);
        PutVarint(ref to, ref at, (ulong)epoch);
        PutTime(ref to, ref at, atMs);
        PutId(ref to, ref at, id);
        if (!segments.IsEmpty)
        {
            PutVarint(ref to, ref at, (ulong)segments.Length);
            segments.CopyTo(buffer.AsSpan(at));
            at += segments.Length;
        }

        length = at;
    }

    internal void Segment(int slot, ReadOnlySpan<byte> value)
    {
        Reserve(LongestFact + value.Length);
        ref var to = ref Begin(out var at);
        Put(ref to, ref at, (byte)FactKind.Segment);
        PutVarint(ref to, ref at, (ulong)slot);
        PutVarint(ref to, ref at, (ulong)value.Length);
        value.CopyTo(buffer.AsSpan(at));
        length = at + value.Length;
    }

    internal void Track(FactKind kind, ulong key, int metric, double value, long atMs, ulong id)
    {
        ref var to = ref Begin(out var at);
        var flags = (id == 0 ? 0 : FactFlags.Id) | (value == 1 ? 0 : FactFlags.Value) | (metric == 0 ? 0 : FactFlags.Metric);
        Put(ref to, ref at, (byte)((byte)kind | flags));
        Put(ref to, ref at, key);
        if (metric != 0)
        {
            PutVarint(ref to, ref at, (ulong)metric);
        }

        PutTime(ref to, ref at, atMs);
        if (value != 1)
        {
            Put(ref to, ref at, BitConverter.DoubleToUInt64Bits(value));
        }

        PutId(ref to, ref at, id);
        length = at;
    }

    internal void Held(ulong key, int metric, double value, long atMs, ulong id, long nowMs)
    {
        Track(FactKind.Held, key, metric, value, atMs, id);
        ref var to = ref Begin(out var at);
        PutTime(ref to, ref at, nowMs);
        length = at;
    }

    internal void Id(FactKind kind, ulong id)
    {
        ref var to = ref Begin(out var at);
        Put(ref to, ref at, (byte)((byte)kind | (id == 0 ? 0 : FactFlags.Id)));
        PutId(ref to, ref at, id);
        length = at;
    }

    internal void Producer(ulong producer, long sequence, long nowMs)
    {
        ref var to = ref Begin(out var at);
        Put(ref to, ref at, (byte)FactKind.Producer);
        Put(ref to, ref at, producer);
        PutVarint(ref to, ref at, (ulong)sequence);
        PutTime(ref to, ref at, nowMs);
        length = at;
    }

    internal void Expired(long nowMs)
    {
        ref var to = ref Begin(out var at);
        Put(ref to, ref at, (byte)FactKind.Expired);
        PutTime(ref to, ref at, nowMs);
        length = at;
    }

    internal void Known(int covariate, double value)
    {
        ref var to = ref Begin(out var at);
        Put(ref to, ref at, (byte)FactKind.Known);
        PutVarint(ref to, ref at, (ulong)covariate);
        Put(ref to, ref at, BitConverter.DoubleToUInt64Bits(value));
        length = at;
    }

    internal void Forced(ulong key, int alternative)
    {
        ref var to = ref Begin(out var at);
        Put(ref to, ref at, (byte)FactKind.Forced);
        Put(ref to, ref at, key);
        PutVarint(ref to, ref at, (ulong)(alternative + 1));
        length = at;
    }

    internal void Erased(ulong key)
    {
        ref var to = ref Begin(out var at);
        Put(ref to, ref at, (byte)FactKind.Erased);
        Put(ref to, ref at, key);
        length = at;
    }

    internal void Switched(ReadOnlySpan<byte> plan)
    {
        Reserve(LongestFact + plan.Length);
        ref var to = ref Begin(out var at);
        Put(ref to, ref at, (byte)FactKind.Switched);
        PutVarint(ref to, ref at, (ulong)plan.Length);
        plan.CopyTo(buffer.AsSpan(at));
        length = at + plan.Length;
    }

    /// <summary>Room for one fact; begins the entry when it is the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Begin(out int at)
    {
        if (buffer.Length - length < LongestFact + 1)
        {
            Reserve(LongestFact + 1);
        }

        ref var to = ref MemoryMarshal.GetArrayDataReference(buffer);
        if (length == 0)
        {
            to = Version;
            length = 1;
        }

        at = length;
        return ref to;
    }

    private void Reserve(int bytes)
    {
        if (buffer.Length - length < bytes)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ref byte to, ref int at, byte value) => unchecked(Unsafe.Add(ref to, at++)) = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ref byte to, ref int at, ulong value)
    {
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), BitConverter.IsLittleEndian ? value : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value));
        at = unchecked(at + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PutVarint(ref byte to, ref int at, ulong value)
    {
        while (value >= 0x80)
        {
            Put(ref to, ref at, unchecked((byte)(value | 0x80)));
            value >>= 7;
        }

        Put(ref to, ref at, unchecked((byte)value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PutTime(ref byte to, ref int at, long time)
    {
        var difference = unchecked(time - lastTime);
        lastTime = time;
        PutVarint(ref to, ref at, unchecked((ulong)((difference << 1) ^ (difference >> 63))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PutId(ref byte to, ref int at, ulong id)
    {
        if (id != 0)
        {
            Put(ref to, ref at, id);
        }
    }
}
