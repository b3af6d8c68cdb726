using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Bandstand.Ports;

namespace Bandstand.Storage.Journal;

/// <summary>What a row says, so that one kind of row cannot pass for another.</summary>
internal enum RowKind
{
    Actor = 1,
    Entries = 2,
    Snapshot = 3,
    Part = 4,
    Sweep = 5,
}

/// <summary>
/// CRC-32C (Castagnoli, as in RFC 3720) over whose row it is, which number it has, what kind it is, and its bytes: a row
/// that was changed, swapped or moved to another actor does not pass.
/// </summary>
internal static class Checksum
{
    /// <summary>The part that is the same for all rows of one actor.</summary>
    public static uint OfActor(ActorKey key, long id)
    {
        var crc = Add(uint.MaxValue, (long)key.Kind);
        crc = Add(Add(Add(crc, key.Generation), key.Index), id);
        return Add(crc, Encoding.UTF8.GetBytes(key.Name));
    }

    /// <summary>The checksum of one row of that actor.</summary>
    /// <param name="actor">What <see cref="OfActor"/> answered.</param>
    /// <param name="kind">What the row says.</param>
    /// <param name="number">Its sequence or part number.</param>
    /// <param name="bytes">Its bytes.</param>
    public static uint OfRow(uint actor, RowKind kind, long number, ReadOnlySpan<byte> bytes) =>
        ~Add(Add(Add(actor, (long)kind), number), bytes);

    /// <summary>The checksum of one row that holds numbers and no bytes.</summary>
    public static uint OfRow(uint actor, RowKind kind, long first, long second, long third = 0) =>
        ~Add(Add(Add(Add(actor, (long)kind), first), second), third);

    /// <summary>The checksum of a note that rows are to be deleted, which belongs to no actor.</summary>
    public static uint OfSweep(long id, RowRange range) =>
        OfRow(Add(uint.MaxValue, id), RowKind.Sweep, (long)range.Table, range.From, range.To);

    private static uint Add(uint crc, long value) => BitOperations.Crc32C(crc, unchecked((ulong)value));

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
