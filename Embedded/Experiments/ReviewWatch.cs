using Bandstand.Experiments;

namespace Bandstand.Embedded.Experiments;

/// <summary>Knows when an experiment wants to be reviewed: by its number of participants, and by the clock.</summary>
/// <remarks>Counting is thread-safe; everything else belongs to the experiment's turn.</remarks>
internal sealed class ReviewWatch
{
    private long participants;
    private long nextParticipants = long.MaxValue;

    /// <summary>When the last review was, or null: none of this generation.</summary>
    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>Participants at the last review.</summary>
    public long LastParticipants { get; private set; }

    /// <summary>Participants now.</summary>
    public long Participants => Volatile.Read(ref participants);

    /// <summary>True when the number of participants makes a review due.</summary>
    public bool IsDue => Participants >= Volatile.Read(ref nextParticipants);

    /// <summary>Notes new participants; a negative number were erased.</summary>
    /// <returns>True when their number makes a review due.</returns>
    public bool Joined(long newcomers) => Interlocked.Add(ref participants, newcomers) >= Volatile.Read(ref nextParticipants);

    /// <summary>Whether the clock makes a review due.</summary>
    public bool IsDueAt(Experiment experiment, DateTimeOffset now) => ExperimentSchedule.NextAt(experiment, LastAt, now) <= now;

    /// <summary>Begins to watch a generation that has this many participants.</summary>
    public void Begin(Experiment experiment, long present)
    {
        // A review that only looked whether to complete is not remembered: it is made again.
        Interlocked.Exchange(ref participants, present);
        (LastAt, LastParticipants) = (experiment.Reviewed?.At, experiment.Reviewed?.Participants ?? 0);
        Follow(experiment);
    }

    /// <summary>Notes a review that was made when there were this many participants.</summary>
    public void Reviewed(Experiment experiment, long counted, DateTimeOffset at)
    {
        LastAt = at;
        LastParticipants = counted;
        Follow(experiment);
    }

    /// <summary>Follows a change of the experiment's state.</summary>
    public void Follow(Experiment experiment) =>
        Volatile.Write(ref nextParticipants, ExperimentSchedule.NextParticipants(experiment, LastParticipants) ?? long.MaxValue);
}
