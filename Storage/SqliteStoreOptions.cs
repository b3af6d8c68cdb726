namespace Bandstand.Storage;

/// <summary>How a <see cref="SqliteJournalStore"/> is opened. Immutable.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>
    /// Which kind of host keeps its actors here, such as <c>server</c> or <c>silo</c>. A file remembers the host that
    /// created it and is refused to any other, because their actors would not understand each other's entries.
    /// </summary>
    /// <value>Not empty.</value>
    public required string Host { get; init; }

    /// <summary>
    /// The largest size of the database file. Past it, writing fails with <c>storage-full</c> as if the disk were full.
    /// The log beside it (see <see cref="CheckpointBytes"/>) is not included.
    /// </summary>
    /// <value>In bytes, at least 64 KB. Default null: as much as the disk holds.</value>
    public long? MaxBytes { get; init; }

    /// <summary>
    /// How many bytes of changes gather in the write-ahead log before they are moved into the database file. More makes
    /// moving rarer, each pause longer (about a millisecond per megabyte and one flush of the disk), and the first start
    /// after a crash slower. The log never stays larger than this plus one group, except while a recovery reads.
    /// </summary>
    /// <value>In bytes, 256 KB to 1 GB. Default 8 MB.</value>
    public int CheckpointBytes { get; init; } = 8 << 20;

    /// <summary>For tests: runs before each commit, on the writer's thread; what it throws is how the commit fails.</summary>
    internal Action? BeforeCommit { get; init; }

    internal SqliteStoreOptions Checked()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Host);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes ?? long.MaxValue, 64 << 10, nameof(MaxBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckpointBytes, 256 << 10, nameof(CheckpointBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CheckpointBytes, 1 << 30, nameof(CheckpointBytes));
        return this;
    }
}
