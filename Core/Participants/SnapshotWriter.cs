namespace Bandstand.Participants;

/// <summary>What a part of a snapshot holds. Never renumbered.</summary>
internal enum SnapshotSection : byte
{
    /// <summary>The plan and the counters; always first.</summary>
    Head = 1,

    /// <summary>The rows as they are, by key.</summary>
    Rows = 2,

    /// <summary>Statistics by epoch and alternative.</summary>
    Cells = 3,

    /// <summary>History by hour and alternative.</summary>
    Hours = 4,

    /// <summary>History by day and alternative.</summary>
    Days = 5,

    /// <summary>Held events, oldest first.</summary>
    Held = 6,

    /// <summary>Producers by their hash.</summary>
    Producers = 7,

    /// <summary>Forced identities by key.</summary>
    Forced = 8,

    /// <summary>Event ids, oldest first.</summary>
    Ids = 9,

    /// <summary>Cohorts of metrics with a rule, by metric, epoch, alternative and time.</summary>
    Cohorts = 10,

    /// <summary>The number of parts, this one included, and of rows; always last.</summary>
    End = 255,
}

/// <summary>Cuts a snapshot into parts between records; each part says what it holds.</summary>
internal sealed class SnapshotWriter
{
    public const int MaxPart = 1_000_000;

    private const byte Version = 1;
    private readonly List<ReadOnlyMemory<byte>> parts = [];
    private readonly ByteWriter part = new();
    private SnapshotSection section;
    private bool hasRecords;

    /// <summary>Reads a part's head.</summary>
    public static SnapshotSection Open(ReadOnlySpan<byte> part, out ByteReader records)
    {
        records = new ByteReader(part);
        var version = records.Byte();
        if (version != Version)
        {
            throw new InvalidDataException($"A shard's snapshot has version {version}; this program reads version {Version}.");
        }

        return (SnapshotSection)records.Byte();
    }

    /// <summary>Begins a section; without records it leaves no part.</summary>
    public void Begin(SnapshotSection next)
    {
        Cut();
        section = next;
    }

    /// <summary>Room for a record of at most this many bytes, all in one part.</summary>
    public ByteWriter Record(int bytes)
    {
        if (part.Length + bytes > MaxPart)
        {
            Cut();
        }

        if (!hasRecords)
        {
            part.Byte(Version);
            part.Byte((byte)section);
            hasRecords = true;
        }

        return part;
    }

    /// <summary>Adds the part that tells whether all are there.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Finish(long rows)
    {
        Begin(SnapshotSection.End);
        var end = Record(16);
        end.Long(parts.Count + 1);
        end.Long(rows);
        Cut();
        return parts;
    }

    private void Cut()
    {
        if (hasRecords)
        {
            parts.Add(part.Written.ToArray());
            part.Clear();
            hasRecords = false;
        }
    }
}
