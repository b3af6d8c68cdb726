using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using Bandstand.Statistics;

namespace Bandstand.Participants;

/// <summary>Reads what <see cref="ShardLog"/> and <see cref="ByteWriter"/> wrote. Never reads past the end, whatever the bytes.</summary>
internal ref struct ByteReader
{
    private ReadOnlySpan<byte> rest;
    private long lastTime;

    public ByteReader(ReadOnlySpan<byte> bytes) => rest = bytes;

    public readonly bool AtEnd => rest.IsEmpty;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Byte()
    {
        if (rest.IsEmpty)
        {
            throw Short();
        }

        var value = rest[0];
        rest = rest[1..];
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Word()
    {
        if (rest.Length < 8)
        {
            throw Short();
        }

        var value = BinaryPrimitives.ReadUInt64LittleEndian(rest);
        rest = rest[8..];
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Varint()
    {
        if (rest.Length > 0 && rest[0] < 0x80)
        {
            ulong one = rest[0];
            rest = rest[1..];
            return one;
        }

        return LongVarint();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Time()
    {
        var folded = Varint();
        lastTime = unchecked(lastTime + ((long)(folded >> 1) ^ -(long)(folded & 1)));
        return lastTime;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Id(int tag) => (tag & FactFlags.Id) != 0 ? Word() : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Value(int tag) => (tag & FactFlags.Value) != 0 ? BitConverter.UInt64BitsToDouble(Word()) : 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Metric(int tag) => (tag & FactFlags.Metric) != 0 ? unchecked((int)Varint()) : 0;

    public double Double() => BitConverter.UInt64BitsToDouble(Word());

    public long Long() => unchecked((long)Word());

    public Moments Moments() => new(Long(), Double(), Double());

    public JointMoments Joint() => new(Long(), Double(), Double(), Double(), Double(), Double());

    /// <summary>A text behind its length.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes(Varint()));

    /// <summary>A number that may not exceed a limit.</summary>
    public int Varint(int max, string what)
    {
        var value = Varint();
        return value <= (ulong)max ? (int)value : throw new InvalidDataException($"A shard's journal says {what} {value}, over {max}.");
    }

    public ReadOnlySpan<byte> Rest()
    {
        var all = rest;
        rest = [];
        return all;
    }

    public ReadOnlySpan<byte> Bytes(ulong length)
    {
        if (length > (ulong)rest.Length)
        {
            throw Short();
        }

        var bytes = rest[..(int)length];
        rest = rest[(int)length..];
        return bytes;
    }

    private ulong LongVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A shard's journal holds a number of more than 64 bits.");
    }

    private static InvalidDataException Short() => new("A shard's journal ends in the middle of a fact.");
}
