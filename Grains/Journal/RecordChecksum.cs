using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Bandstand.Ports;

namespace Bandstand.Grains.Journal;

/// <summary>
/// CRC-32C over a record and over whose and which record it is, so that a record that turns up in another's place does
/// not pass either. The sum is the record's first four bytes.
/// </summary>
internal static class RecordChecksum
{
    public const int Bytes = 4;

    public static void Seal(Span<byte> record, ActorKey actor, string name)
        => BinaryPrimitives.WriteUInt32LittleEndian(record, Compute(record[Bytes..], actor, name));

    public static bool Holds(ReadOnlySpan<byte> record, ActorKey actor, string name)
        => record.Length > Bytes && BinaryPrimitives.ReadUInt32LittleEndian(record) == Compute(record[Bytes..], actor, name);

    public static JournalDamagedException Damaged(ActorKey actor, string name)
        => new(actor, $"The record {name} of {actor} is not what was written. Restore it from a backup, or delete the experiment.");

    private static uint Compute(ReadOnlySpan<byte> data, ActorKey actor, string name)
    {
        var crc = uint.MaxValue;
        crc = BitOperations.Crc32C(crc, (uint)actor.Kind);
        crc = BitOperations.Crc32C(crc, (ulong)actor.Generation);
        crc = BitOperations.Crc32C(crc, (uint)actor.Index);
        crc = Fold(crc, Encoding.UTF8.GetBytes(actor.Name));
        crc = Fold(crc, Encoding.UTF8.GetBytes(name));
        return ~Fold(crc, data);
    }

    private static uint Fold(uint crc, ReadOnlySpan<byte> data)
    {
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
