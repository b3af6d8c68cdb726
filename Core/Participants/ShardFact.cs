namespace Bandstand.Participants;

/// <summary>The kinds of fact in a journal entry; the low four bits of a fact's first byte. Never renumbered.</summary>
internal enum FactKind : byte
{
    /// <summary>key(8) alternative(1) epoch(varint) at(time) [id(8)] [count(varint) segment codes]: a participant's first assignment or exposure.</summary>
    Assigned = 1,

    /// <summary>key(8) [metric(varint)] at(time) [value(8)] [id(8)]: a participant's event counted.</summary>
    Counted = 2,

    /// <summary>As counted, then now(time): an event of somebody unknown is held.</summary>
    Held = 3,

    /// <summary>[id(8)]: an exposure repeated what is known.</summary>
    Repeated = 4,

    /// <summary>[id(8)]: an exposure contradicted what is known.</summary>
    Conflict = 5,

    /// <summary>producer(8) sequence(varint) now(time): a batch was applied.</summary>
    Producer = 6,

    /// <summary>now(time): what is held too long is dropped.</summary>
    Expired = 7,

    /// <summary>key(8) alternative + 1 (varint), 0 clears.</summary>
    Forced = 8,

    /// <summary>key(8).</summary>
    Erased = 9,

    /// <summary>length(varint) plan: a new plan is in force.</summary>
    Switched = 10,

    /// <summary>slot(varint) length(varint) text: the next code of an attribute stands for this value.</summary>
    Segment = 11,

    /// <summary>covariate(varint) value(8): what is known of whoever the next fact assigns.</summary>
    Known = 12,
}

/// <summary>What else follows; the high four bits of a fact's first byte.</summary>
internal static class FactFlags
{
    public const int KindMask = 0x0f;
    public const int Id = 0x10;
    public const int Value = 0x20;
    public const int Metric = 0x40;
    public const int Segments = 0x80;
}
