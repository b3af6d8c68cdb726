namespace Bandstand.Storage.Journal;

/// <summary>
/// Where rows lie: the integer key of a row is its owner's number, then its own, so that the rows of one actor lie
/// together and are found, counted and deleted as a range.
/// </summary>
internal static class RowId
{
    private const int EntryBits = 39;
    private const int PartBits = 20;

    /// <summary>The largest id an actor can have: 16 million actors.</summary>
    public const long MaxActor = (1L << (63 - EntryBits)) - 1;

    /// <summary>The largest number of a row of entries: 17 years of a thousand groups a second for one actor.</summary>
    public const long MaxSequence = (1L << EntryBits) - 1;

    /// <summary>The largest id a snapshot can have.</summary>
    public const long MaxSnapshot = (1L << (63 - PartBits)) - 1;

    /// <summary>The most parts one snapshot can have.</summary>
    public const int MaxParts = 1 << PartBits;

    public static long OfEntries(long actor, long sequence) => (actor << EntryBits) | sequence;

    public static long OfPart(long snapshot, int part) => (snapshot << PartBits) | (uint)part;

    public static RowRange AllEntries(long actor) => new(RowTable.Entries, OfEntries(actor, 0), OfEntries(actor, MaxSequence));

    public static RowRange Entries(long actor, long from, long to) => new(RowTable.Entries, OfEntries(actor, from), OfEntries(actor, to));

    public static RowRange AllParts(long snapshot) => new(RowTable.Parts, OfPart(snapshot, 0), OfPart(snapshot, MaxParts - 1));

    /// <summary>The owner of an entries row.</summary>
    public static long ActorOf(long entriesRow) => entriesRow >> EntryBits;

    /// <summary>The owner of a part.</summary>
    public static long SnapshotOf(long partRow) => partRow >> PartBits;
}

/// <summary>The tables whose rows are deleted by ranges.</summary>
internal enum RowTable
{
    Entries = 1,
    Parts = 2,
}

/// <summary>Rows of one table, both ends included.</summary>
internal readonly record struct RowRange(RowTable Table, long From, long To);
