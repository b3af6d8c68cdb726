namespace Bandstand.Participants;

/// <summary>What became of one event of a batch.</summary>
public enum EventVerdict : byte
{
    /// <summary>It counted, or it repeated an exposure that is known.</summary>
    Counted,

    /// <summary>It counted before: its id or its batch is known.</summary>
    Duplicate,

    /// <summary>It concerns nobody: the experiment is not running, the metric was removed, the identity is forced, or the event lies
    /// before the assignment.</summary>
    Ignored,

    /// <summary>Nobody participates under this identity yet: kept for 10 minutes in case an exposure arrives.</summary>
    Held,

    /// <summary>An exposure to another alternative than the first: it moves nobody and counts in the experiment's health.</summary>
    Conflict,

    /// <summary>An exposure names an epoch that this shard does not know (yet); nothing changed.</summary>
    UnknownEpoch,

    /// <summary>An exposure names an alternative that was never defined; nothing changed.</summary>
    UnknownAlternative,

    /// <summary>With it the participant's total would exceed <see cref="Statistics.Moments.MaxMagnitude"/>; nothing changed.</summary>
    OutOfRange,

    /// <summary>Its batch lies too far behind its producer's newest; nothing changed.</summary>
    TooOld,
}

/// <summary>What a shard knows of a producer's batch.</summary>
public enum ProducerVerdict : byte
{
    /// <summary>Never seen: apply it.</summary>
    New,

    /// <summary>Applied before: everything in it is a duplicate.</summary>
    Seen,

    /// <summary>1 024 or more behind the producer's newest: cannot be told, so it is refused.</summary>
    TooOld,
}
