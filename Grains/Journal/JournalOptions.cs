namespace Bandstand.Grains.Journal;

/// <summary>
/// How a journal lays out its slots. The layout is stored with each journal when it is first written and never changes
/// for it, so a later setting holds for new journals only.
/// </summary>
public sealed record JournalOptions
{
    /// <summary>Slots of the ring. Default 512, at least 4. Together with <see cref="FillBytes"/> it bounds what a recovery replays.</summary>
    public int RingSlots { get; init; } = 512;

    /// <summary>The most bytes one slot holds. Default and maximum 65 536, at least 256.</summary>
    public int SlotBytes { get; init; } = 64 * 1024;

    /// <summary>
    /// A slot below this many bytes is written again with the next group added; from it on, the next group takes the next
    /// slot. Default 16 384: small groups cost at most this much to write, and a ring of them lasts long enough.
    /// </summary>
    public int FillBytes { get; init; } = 16 * 1024;

    /// <summary>The most bytes of one snapshot record. Default 262 144, which every common grain storage takes.</summary>
    public int SnapshotRecordBytes { get; init; } = 256 * 1024;

    /// <summary>A snapshot is due at the latest after this many bytes of entries, or the last snapshot's size if that is more. Default 4 194 304.</summary>
    public long SnapshotAfterBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long one read or write of the storage may take before its fate counts as unknown. Default 10 s.</summary>
    public TimeSpan StorageTimeout { get; init; } = TimeSpan.FromSeconds(10);

    internal void Validate()
    {
        Check(RingSlots >= 4, nameof(RingSlots), RingSlots, "at least 4");
        Check(SlotBytes is >= 256 and <= 64 * 1024, nameof(SlotBytes), SlotBytes, "256 to 65536");
        Check(FillBytes >= JournalSlot.HeaderBytes + 1 && FillBytes <= SlotBytes / 2, nameof(FillBytes), FillBytes, "29 to half of SlotBytes");
        Check(SnapshotRecordBytes is >= 256 and <= 1024 * 1024, nameof(SnapshotRecordBytes), SnapshotRecordBytes, "256 to 1048576");
        Check(SnapshotAfterBytes >= 1, nameof(SnapshotAfterBytes), SnapshotAfterBytes, "at least 1");
        Check(StorageTimeout > TimeSpan.Zero, nameof(StorageTimeout), StorageTimeout, "more than zero");
    }

    private static void Check(bool holds, string name, object value, string range)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}.");
        }
    }
}
