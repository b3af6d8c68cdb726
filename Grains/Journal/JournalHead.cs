using System.Buffers.Binary;
using Bandstand.Ports;

namespace Bandstand.Grains.Journal;

/// <summary>Names one snapshot: the claim of the owner that wrote it and a number that only grows. Names are never used again.</summary>
internal readonly record struct SnapshotId(long Claim, long Number)
{
    public string RecordName(int index) => $"snapshot-{Claim}-{Number}-{index}";
}

/// <summary>A snapshot that is there as a whole.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Records">How many records it has.</param>
/// <param name="Bytes">Their payload together.</param>
internal readonly record struct SnapshotReference(SnapshotId Id, int Records, long Bytes);

/// <summary>
/// The record that says who owns a journal and where its entries begin. Written under ETag when somebody claims the journal
/// and when a snapshot is complete, never for an append.
/// </summary>
internal sealed record JournalHead
{
    public const string Name = "head";
    private const uint Format = 0x31484A42; // "BJH1"
    private const int FixedBytes = 76;
    private const int GarbageBytes = 20;

    /// <summary>Grows with every owner.</summary>
    public required long Claim { get; init; }

    public required int RingSlots { get; init; }

    public required int SlotBytes { get; init; }

    public required int FillBytes { get; init; }

    /// <summary>The slot the entries after the snapshot begin in.</summary>
    public long FirstSequence { get; init; }

    /// <summary>How many chunks of that slot the snapshot covers.</summary>
    public int CoveredChunks { get; init; }

    /// <summary>The latest snapshot, or null before the first.</summary>
    public SnapshotReference? Snapshot { get; init; }

    /// <summary>Replaced snapshots whose records may still be there.</summary>
    public IReadOnlyList<SnapshotReference> Garbage { get; init; } = [];

    /// <summary>True once the actor was dropped: nobody may own it again.</summary>
    public bool Dropped { get; init; }

    /// <summary>True once everything but the head and the fence is gone.</summary>
    public bool Swept { get; init; }

    /// <summary>The slot's place in the ring.</summary>
    public int SlotIndex(long sequence) => (int)(sequence % RingSlots);

    public string SlotName(long sequence) => $"slot-{SlotIndex(sequence)}";

    public byte[] ToBytes(ActorKey actor)
    {
        var bytes = new byte[FixedBytes + Garbage.Count * GarbageBytes];
        var span = bytes.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(span[4..], Format);
        BinaryPrimitives.WriteInt64LittleEndian(span[8..], Claim);
        BinaryPrimitives.WriteInt32LittleEndian(span[16..], RingSlots);
        BinaryPrimitives.WriteInt32LittleEndian(span[20..], SlotBytes);
        BinaryPrimitives.WriteInt32LittleEndian(span[24..], FillBytes);
        BinaryPrimitives.WriteInt64LittleEndian(span[28..], FirstSequence);
        BinaryPrimitives.WriteInt32LittleEndian(span[36..], CoveredChunks);
        BinaryPrimitives.WriteInt32LittleEndian(span[40..], (Dropped ? 1 : 0) | (Swept ? 2 : 0));
        WriteSnapshot(span[44..], Snapshot ?? default);
        BinaryPrimitives.WriteInt64LittleEndian(span[64..], Snapshot?.Bytes ?? 0);
        BinaryPrimitives.WriteInt32LittleEndian(span[72..], Garbage.Count);
        for (var i = 0; i < Garbage.Count; i++)
        {
            WriteSnapshot(span[(FixedBytes + i * GarbageBytes)..], Garbage[i]);
        }

        RecordChecksum.Seal(bytes, actor, Name);
        return bytes;
    }

    /// <exception cref="JournalDamagedException">It is not what was written.</exception>
    public static JournalHead Read(ActorKey actor, byte[] stored)
    {
        var span = stored.AsSpan();
        if (span.Length < FixedBytes || !RecordChecksum.Holds(stored, actor, Name) || BinaryPrimitives.ReadUInt32LittleEndian(span[4..]) != Format)
        {
            throw RecordChecksum.Damaged(actor, Name);
        }

        var flags = BinaryPrimitives.ReadInt32LittleEndian(span[40..]);
        var snapshot = ReadSnapshot(span[44..], BinaryPrimitives.ReadInt64LittleEndian(span[64..]));
        var garbage = new SnapshotReference[BinaryPrimitives.ReadInt32LittleEndian(span[72..])];
        for (var i = 0; i < garbage.Length; i++)
        {
            garbage[i] = ReadSnapshot(span[(FixedBytes + i * GarbageBytes)..], 0);
        }

        return new JournalHead
        {
            Claim = BinaryPrimitives.ReadInt64LittleEndian(span[8..]),
            RingSlots = BinaryPrimitives.ReadInt32LittleEndian(span[16..]),
            SlotBytes = BinaryPrimitives.ReadInt32LittleEndian(span[20..]),
            FillBytes = BinaryPrimitives.ReadInt32LittleEndian(span[24..]),
            FirstSequence = BinaryPrimitives.ReadInt64LittleEndian(span[28..]),
            CoveredChunks = BinaryPrimitives.ReadInt32LittleEndian(span[36..]),
            Snapshot = snapshot.Records == 0 ? null : snapshot,
            Garbage = garbage,
            Dropped = (flags & 1) != 0,
            Swept = (flags & 2) != 0,
        };
    }

    private static void WriteSnapshot(Span<byte> span, SnapshotReference snapshot)
    {
        BinaryPrimitives.WriteInt64LittleEndian(span, snapshot.Id.Claim);
        BinaryPrimitives.WriteInt64LittleEndian(span[8..], snapshot.Id.Number);
        BinaryPrimitives.WriteInt32LittleEndian(span[16..], snapshot.Records);
    }

    private static SnapshotReference ReadSnapshot(ReadOnlySpan<byte> span, long bytes)
        => new(new SnapshotId(BinaryPrimitives.ReadInt64LittleEndian(span), BinaryPrimitives.ReadInt64LittleEndian(span[8..])), BinaryPrimitives.ReadInt32LittleEndian(span[16..]), bytes);
}
