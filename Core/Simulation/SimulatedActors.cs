using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Simulation;

/// <summary>
/// The actors of one experiment without their hosts: state, plan and the one shard that holds everybody. What a host does with time and
/// counts is done here as the embedded host does it. Not thread-safe.
/// </summary>
internal sealed class SimulatedActors
{
    private const int Batch = 256;

    private readonly SimulatedKinds kinds;
    private readonly ShardLog log = new();
    private readonly GuardWatch guards = new();
    private readonly ShardBatchWriter events = new();
    private readonly ShardQuestion[] questions = new ShardQuestion[Batch];
    private readonly ShardAnswer[] answers = new ShardAnswer[Batch];
    private EventVerdict[] verdicts = new EventVerdict[Batch];
    private IReadOnlyList<bool>? guarded;
    private ParticipantShard shard = null!;
    private ulong keys;

    public SimulatedActors(ExperimentDefinition definition, SimulatedKinds kinds, DateTimeOffset at)
    {
        this.kinds = kinds;
        Execute(new ExperimentCommand.Put(definition), at);
        Plan = AssignmentPlan.Of(State);
        shard = new ParticipantShard(Plan.Shard);
    }

    /// <summary>The experiment.</summary>
    public Experiment State { get; private set; } = null!;

    /// <summary>The plan in force.</summary>
    public AssignmentPlan Plan { get; private set; } = null!;

    /// <summary>Participants.</summary>
    public long Participants => shard.Participants;

    /// <summary>When the last review was, or null.</summary>
    public DateTimeOffset? LastReview { get; private set; }

    /// <summary>Participants at the last review.</summary>
    public long LastParticipants { get; private set; }

    /// <summary>Whether there is a guardrail to be looked at.</summary>
    public bool IsGuarded => guarded is not null;

    /// <summary>The most people that <see cref="Assign"/> takes at once.</summary>
    public static int MostAtOnce => Batch;

    /// <summary>The merged statistics.</summary>
    public ExperimentStatistics Statistics(DateTimeOffset at) => ExperimentStatistics.Merge([shard.Statistics(at.ToUnixTimeMilliseconds())]);

    /// <summary>Decides a command and carries it out.</summary>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="RefusedException">It was refused.</exception>
    public bool Execute(ExperimentCommand command, DateTimeOffset at) => Execute(command, at, null);

    /// <summary>Looks whether a rebalance or completion is due, and notes that it looked.</summary>
    public void Review(DateTimeOffset at)
    {
        var counted = Participants;
        var review = new ExperimentCommand.Review(LastReview, LastParticipants);
        if (!ExperimentSchedule.IsIdle(State, review, counted, at))
        {
            Execute(review, at);
        }

        (LastReview, LastParticipants) = (at, counted);
    }

    /// <summary>Looks at the guardrails if events counted since the last look that may have crossed one.</summary>
    /// <returns>Whether it looked.</returns>
    public bool Guard(DateTimeOffset at)
    {
        if (!IsGuarded || !guards.IsDue)
        {
            return false;
        }

        var counted = guards.Waiting;
        var statistics = Statistics(at);
        Execute(new ExperimentCommand.Guard(), at, statistics);
        guards.Looked(counted, ExperimentGuards.EventsUntil(State, statistics), at);
        return true;
    }

    /// <summary>Whether events of a metric may cross a guardrail.</summary>
    public bool Guards(int metric) => guarded is not null && metric < guarded.Count && guarded[metric];

    /// <summary>Closes the timestep that is next.</summary>
    public void CloseTimestep(DateTimeOffset at)
    {
        var result = ExperimentTimesteps.Close(State, State.Timesteps.Next, ExperimentTimesteps.Observed(State, Statistics(at)));
        Execute(new ExperimentCommand.CloseTimestep(result.Value), at);
    }

    /// <summary>Assigns people who come; the answers stand in their order, until the next call.</summary>
    public ReadOnlySpan<ShardAnswer> Assign(ReadOnlySpan<SimulatedPerson> people, DateTimeOffset start, Span<ulong> hashed)
    {
        Span<byte> identity = stackalloc byte[24];
        for (var i = 0; i < people.Length; i++)
        {
            people[i].Number.TryFormat(identity, out var length, provider: System.Globalization.CultureInfo.InvariantCulture);
            var question = Plan.Question(identity[..length], kinds.JsonOf(people[i].Kind), true, start.ToUnixTimeMilliseconds() + people[i].SinceMs);
            (questions[i], hashed[i]) = (question, question.Key);
        }

        shard.Assign(questions.AsSpan(0, people.Length), answers, log);
        log.Clear();
        return answers.AsSpan(0, people.Length);
    }

    /// <summary>Notes an event that is to be applied.</summary>
    public void Add(ulong key, int metric, double value, long atMs) => events.AddTrack(key, metric, value, atMs);

    /// <summary>Applies the events that were noted.</summary>
    public void Apply(long nowMs)
    {
        if (events.Count > 0)
        {
            verdicts = verdicts.Length < events.Count ? new EventVerdict[events.Count] : verdicts;
            shard.Apply(events.Written, nowMs, verdicts, log);
            log.Clear();
            guards.Counted(guarded is null ? 0 : events.Written.CountedOf(verdicts, guarded));
            events.Clear();
        }
    }

    /// <summary>The statistics that a bandit by segment is decided on.</summary>
    private List<SegmentStatistics> SegmentStatistics(DateTimeOffset at)
    {
        var nowMs = at.ToUnixTimeMilliseconds();
        return [.. SegmentTable.Of(State, [shard.SegmentCounts()]).Parts()
            .Select(part => new SegmentStatistics(part.Value, ExperimentStatistics.Merge([shard.Statistics(nowMs, part.Choice)])))];
    }

    private bool Execute(ExperimentCommand command, DateTimeOffset at, ExperimentStatistics? statistics)
    {
        ExperimentState before = (ExperimentState?)State ?? NoExperiment.Never;
        statistics ??= ExperimentDecider.NeedsStatistics(before, command) ? Statistics(at) : null;
        var inputs = new DecisionInputs(at, new SipKey(++keys, 1), statistics);
        inputs = ExperimentDecider.NeedsSegments(before, command, inputs) ? inputs with { Segments = SegmentStatistics(at) } : inputs;
        var decided = ExperimentDecider.Decide(before, command, inputs);
        if (decided.Value.Count == 0)
        {
            return false;
        }

        State = (Experiment)ExperimentDecider.Apply(before, decided.Value);
        if (State.Version == before.Version)
        {
            return false; // It was only noted that it was reviewed.
        }

        guarded = ExperimentGuards.Slots(State);
        guards.Begin();
        if (shard is not null)
        {
            Plan = AssignmentPlan.Of(State);
            shard.Switch(Plan.Shard, log);
            log.Clear();
        }

        return true;
    }
}
