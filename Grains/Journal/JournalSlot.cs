using System.Buffers.Binary;
using Bandstand.Ports;

namespace Bandstand.Grains.Journal;

/// <summary>Where a chunk stands in the group of entries it belongs to.</summary>
[Flags]
internal enum ChunkEnds
{
    Middle = 0,
    First = 1,
    Last = 2,
    Whole = First | Last,
}

/// <summary>
/// One slot of the ring: its number in the journal's whole life, the claim of the owner that wrote it last, and chunks of
/// groups. Immutable; adding a chunk makes another slot.
/// </summary>
/// <remarks>
/// Layout, little-endian: checksum u32, format u32, sequence i64, claim i64, chunk count i32; then for each chunk its length
/// × 4 + ends as u32, and its bytes.
/// </remarks>
internal sealed class JournalSlot
{
    public const int HeaderBytes = 28;
    public const int ChunkHeaderBytes = 4;
    private const uint Format = 0x31534A42; // "BJS1"

    private readonly ActorKey actor;
    private readonly string name;

    private JournalSlot(ActorKey actor, string name, byte[] bytes)
    {
        this.actor = actor;
        this.name = name;
        Bytes = bytes;
    }

    /// <summary>What is stored. Never changed.</summary>
    public byte[] Bytes { get; }

    public long Sequence => BinaryPrimitives.ReadInt64LittleEndian(Bytes.AsSpan(8));

    public long Claim => BinaryPrimitives.ReadInt64LittleEndian(Bytes.AsSpan(16));

    public int Chunks => BinaryPrimitives.ReadInt32LittleEndian(Bytes.AsSpan(24));

    /// <summary>A slot without entries.</summary>
    public static JournalSlot Empty(ActorKey actor, string name, long sequence, long claim)
    {
        var slot = Build(actor, name, sequence, claim, 0, HeaderBytes, []);
        RecordChecksum.Seal(slot.Bytes, actor, name);
        return slot;
    }

    /// <summary>Reads a stored slot.</summary>
    /// <exception cref="JournalDamagedException">It is not what was written.</exception>
    public static JournalSlot Read(ActorKey actor, string name, byte[] stored)
    {
        if (stored.Length < HeaderBytes || !RecordChecksum.Holds(stored, actor, name)
            || BinaryPrimitives.ReadUInt32LittleEndian(stored.AsSpan(4)) != Format)
        {
            throw RecordChecksum.Damaged(actor, name);
        }

        return new JournalSlot(actor, name, stored);
    }

    /// <summary>The same slot under another owner's claim.</summary>
    public JournalSlot ClaimedBy(long claim)
    {
        var slot = Build(actor, name, Sequence, claim, Chunks, Bytes.Length, Bytes.AsSpan(HeaderBytes));
        RecordChecksum.Seal(slot.Bytes, actor, name);
        return slot;
    }

    /// <summary>The same slot with one more chunk.</summary>
    public JournalSlot With(long claim, ReadOnlySpan<byte> chunk, ChunkEnds ends)
    {
        var slot = Build(actor, name, Sequence, claim, Chunks + 1, Bytes.Length + ChunkHeaderBytes + chunk.Length, Bytes.AsSpan(HeaderBytes));
        var tail = slot.Bytes.AsSpan(Bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(tail, ((uint)chunk.Length << 2) | (uint)ends);
        chunk.CopyTo(tail[ChunkHeaderBytes..]);
        RecordChecksum.Seal(slot.Bytes, actor, name);
        return slot;
    }

    /// <summary>Goes through the chunks in order.</summary>
    public ChunkReader Read() => new(Bytes.AsSpan(HeaderBytes), Chunks);

    private static JournalSlot Build(ActorKey actor, string name, long sequence, long claim, int chunks, int size, ReadOnlySpan<byte> body)
    {
        var bytes = new byte[size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Format);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), claim);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), chunks);
        body.CopyTo(bytes.AsSpan(HeaderBytes));
        return new JournalSlot(actor, name, bytes);
    }

    /// <summary>Reads chunks one after another.</summary>
    internal ref struct ChunkReader(ReadOnlySpan<byte> rest, int left)
    {
        private ReadOnlySpan<byte> rest = rest;
        private int left = left;

        public ReadOnlySpan<byte> Current { get; private set; }

        public ChunkEnds Ends { get; private set; }

        public bool Next()
        {
            if (left == 0)
            {
                return false;
            }

            var header = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            var length = (int)(header >> 2);
            Ends = (ChunkEnds)(header & 3);
            Current = rest.Slice(ChunkHeaderBytes, length);
            rest = rest[(ChunkHeaderBytes + length)..];
            left--;
            return true;
        }
    }
}
