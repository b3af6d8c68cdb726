using Bandstand.Assignment;

namespace Bandstand.Participants;

/// <summary>What the host found out about an identity before it asks the shard.</summary>
[Flags]
#pragma warning disable CA1711 // They are flags, beside a type named ShardQuestion.
public enum ShardQuestionFlags : byte
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>A bot: the default, and nothing is stored.</summary>
    Filtered = 1,

    /// <summary>The targeting condition does not hold; it only matters for those who are not assigned yet.</summary>
    NotTargeted = 2,

    /// <summary>Outside the experiment's slice of its layer; it only matters for those who are not assigned yet.</summary>
    Excluded = 4,

    /// <summary>Only look: answer what would be, store nothing.</summary>
    LookOnly = 8,
}
#pragma warning restore CA1711

/// <summary>A question for an alternative, identity already hashed.</summary>
/// <param name="Key">From <see cref="IdentityKey.Of"/>; not 0.</param>
/// <param name="Bucket">0 to 9 999: says whether the identity is in the traffic, and which alternative the epoch's weights give it.</param>
/// <param name="Choice">−1: draw by <paramref name="Bucket"/>. Else the alternative, if the bucket is in the traffic (an unweighted hash
/// such as Vanity's); a removed one counts as not in the traffic.</param>
/// <param name="Flags">What the host found out.</param>
/// <param name="AtMs">Now, in milliseconds since 1970 (UTC).</param>
/// <param name="Segments">By segment slot: the attribute's value (<see cref="SegmentValue"/>), null where there is none. Null where results are not split.</param>
/// <param name="Known">By covariate, in the order of the plan's metrics that first name it: what is known of a newcomer; NaN or missing: nothing.</param>
public readonly record struct ShardQuestion(
    ulong Key, ushort Bucket, short Choice, ShardQuestionFlags Flags, long AtMs, string?[]? Segments = null, double[]? Known = null);

/// <summary>Who gets what and why, in indexes.</summary>
/// <param name="Reason">Which check decided.</param>
/// <param name="Alternative">What to show: the default where the assigned one was removed.</param>
/// <param name="Epoch">The epoch of the first assignment; −1 unless assigned or sticky.</param>
/// <param name="AssignedAlternative">The alternative of the first assignment, whatever is shown; the same as <paramref name="Alternative"/> unless assigned or sticky.</param>
/// <param name="New">True when this question stored the assignment.</param>
public readonly record struct ShardAnswer(AssignmentReason Reason, byte Alternative, int Epoch, byte AssignedAlternative, bool New);

/// <summary>All that a shard holds about one identity.</summary>
/// <param name="Alternative">The alternative of the first assignment; −1: not a participant.</param>
/// <param name="Epoch">The epoch of the first assignment; −1: not a participant.</param>
/// <param name="AssignedAtMs">When it was assigned, in milliseconds since 1970; 0 when not a participant.</param>
/// <param name="Forced">The alternative forced on it; −1: none.</param>
/// <param name="Held">Events held in case an exposure arrives.</param>
/// <param name="Totals">By metric slot: its total, a conversion metric's conversions; empty when not a participant.</param>
public sealed record ShardParticipant(int Alternative, int Epoch, long AssignedAtMs, int Forced, int Held, IReadOnlyList<ParticipantTotal> Totals)
{
    /// <summary>By segment slot: the value at the assignment, null where there was none. Null where results are not split.</summary>
    public IReadOnlyList<string?>? Segments { get; init; }

    /// <summary>By covariate, in the order of the plan's metrics that first name it: what was known at the assignment, or null.</summary>
    public IReadOnlyList<double?> Known { get; init; } = [];
}

/// <summary>What one participant did in one metric.</summary>
/// <param name="Converted">True when at least one event counted.</param>
/// <param name="Conversions">Conversions (the sum of their values) of a conversion metric; else the number of events.</param>
/// <param name="Total">The sum of the values, before any cap; of a ratio what is above the line.</param>
/// <param name="Denominator">Of ratios and retention what is below the line, else 0.</param>
public readonly record struct ParticipantTotal(bool Converted, double Conversions, double Total, double Denominator = 0);
