using Bandstand.Assignment;
using Bandstand.Embedded.Participants;
using Bandstand.Embedded.Timesteps;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Embedded.Experiments;

/// <summary>
/// The home of one experiment: commands one at a time, decided by Core, journaled, then pushed to the shards. Assignments and
/// events do not come through here; they use <see cref="Live"/>.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ExperimentHost : IDisposable
{
    private readonly string id;
    private readonly IJournalStore store;
    private readonly EmbeddedOptions options;
    private readonly Action published;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ExperimentReplay replay = new();
    private readonly Journaled journaled;
    private readonly ReviewWatch watch = new();
    private readonly GuardWatch guards = new();
    private LiveExperiment? live;
    private volatile bool isBehind;

    /// <summary>Creates the home of an experiment that may not exist yet.</summary>
    /// <param name="id">The experiment's id.</param>
    /// <param name="store">Where its actors keep their journals.</param>
    /// <param name="options">How the engine runs.</param>
    /// <param name="published">Called, in this experiment's turn, after <see cref="Live"/> changed.</param>
    public ExperimentHost(string id, IJournalStore store, EmbeddedOptions options, Action published)
    {
        this.id = id;
        this.store = store;
        this.options = options;
        this.published = published;
        journaled = new Journaled(store.Open(new ActorKey(ActorKind.Experiment, id, 0, 0)), replay, () => ExperimentJournal.Snapshot(replay.State), options.SnapshotBytes);
    }

    /// <summary>The present generation, or null when there is no experiment.</summary>
    public LiveExperiment? Live => Volatile.Read(ref live);

    /// <summary>Why the experiment is stopped, or null.</summary>
    public Refusal? Damage { get; private set; }

    /// <summary>The generation of what is stored, 0 when nothing ever was.</summary>
    public long Generation => replay.State.Generation;

    /// <summary>Reads the experiment and all its shards, and writes nothing. What is damaged stops this experiment only.</summary>
    public void Load()
    {
        try
        {
            journaled.EnsureLoaded();
            if (replay.State is Experiment experiment)
            {
                Volatile.Write(ref live, Open(experiment, null));
                Array.ForEach(live.Shards, shard => shard.Load());
            }
        }
        catch (JournalDamagedException damage)
        {
            options.Failed?.Invoke(damage);
            Damage = HostRefusals.Damaged(id);
        }
    }

    /// <summary>Begins to serve what was loaded: shards that were not told of the last change are told now.</summary>
    public void Begin()
    {
        if (Damage is null && Live is { } present)
        {
            Task.WaitAll([.. present.Shards.Select(shard => shard.Switch(present.Plan.Shard))]);
            watch.Begin(present.State, present.Participants());
            guards.Begin();
        }
    }

    /// <summary>Decides and carries out one command.</summary>
    /// <returns>The state before and after it.</returns>
    public async ValueTask<Answer<(ExperimentState Before, ExperimentState After)>> Execute(
        ExperimentCommand command, Precondition precondition, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return Damage is not null && command is not ExperimentCommand.Delete
                ? Damage
                : await ExecuteInTurn(command, precondition);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Looks whether something is due: completion, a rebalance, a timestep's end.</summary>
    public async ValueTask RunDue()
    {
        if (isBehind)
        {
            await turn.WaitAsync();
            try
            {
                await FinishPublishing();
            }
            finally
            {
                turn.Release();
            }
        }

        if (Live?.State is not { Status: ExperimentStatus.Running } state || Damage is not null)
        {
            return;
        }

        var now = options.Clock.GetUtcNow();
        if (guards.IsDueAt(state, now) || ExperimentSchedule.NextTimestepAt(state) <= now || watch.IsDueAt(state, now))
        {
            await turn.WaitAsync();
            try
            {
                await RunDueInTurn();
            }
            finally
            {
                turn.Release();
            }
        }
    }

    /// <summary>Notes new participants.</summary>
    /// <returns>True when their number makes a review due; call <see cref="Review"/> then.</returns>
    public bool Joined(long newcomers) => watch.Joined(newcomers);

    /// <summary>Notes events of guarded metrics that counted.</summary>
    /// <returns>True when a guardrail may have been crossed; call <see cref="Guard"/> before they are answered.</returns>
    public bool Guarded(long events) => guards.Counted(events);

    /// <summary>Looks at the guardrails, unless somebody did since the last event.</summary>
    public async ValueTask Guard()
    {
        await turn.WaitAsync();
        try
        {
            if (guards.IsDue && Damage is null)
            {
                await GuardInTurn();
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Completes or rebalances if that is due by the number of participants.</summary>
    public async ValueTask Review()
    {
        await turn.WaitAsync();
        try
        {
            if (watch.IsDue && Damage is null)
            {
                await ReviewInTurn();
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Closes a timestep; closing again answers the same.</summary>
    public async ValueTask<Answer<TimestepResult>> CloseTimestep(int timestep, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (Damage is not null)
            {
                return Damage;
            }

            await FinishPublishing();
            return Live is not { } present ? HostRefusals.NotFound(id)
                : !present.TakesObservations ? HostRefusals.NoObservations(id)
                : await CloseInTurn(present, timestep);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private async ValueTask<Answer<(ExperimentState Before, ExperimentState After)>> ExecuteInTurn(
        ExperimentCommand command, Precondition precondition, ExperimentStatistics? known = null)
    {
        if (Damage is null)
        {
            journaled.EnsureLoaded();
        }

        await FinishPublishing();
        var before = replay.State;
        if (ExperimentDecider.Check(before, precondition) is { } refusal)
        {
            return refusal;
        }

        var now = options.Clock.GetUtcNow();
        var statistics = ExperimentDecider.NeedsStatistics(before, command) ? known ?? await Live!.Statistics(now) : null;
        var (k0, k1) = options.NewKey();
        var inputs = new DecisionInputs(now, new SipKey(k0, k1), statistics);
        inputs = ExperimentDecider.NeedsSegments(before, command, inputs) ? inputs with { Segments = await Live!.SegmentStatistics(now) } : inputs;
        var decided = ExperimentDecider.Decide(before, command, inputs);
        if (decided.IsRefused)
        {
            return decided.Refusal;
        }

        if (decided.Value.Count > 0)
        {
            // Nobody sees the new state before its entry is durable; if the entry's fate is unknown the state is loaded again.
            isBehind = true;
            replay.Advance(decided.Value);
            await journaled.Append(ExperimentJournal.Write(decided.Value));
            if (replay.State.Version != before.Version)
            {
                await Publish();
            }

            isBehind = false;
        }

        return (before, replay.State);
    }

    private async ValueTask RunDueInTurn()
    {
        var now = options.Clock.GetUtcNow();
        while (Live is { State.Status: ExperimentStatus.Running } present && ExperimentSchedule.NextTimestepAt(present.State) <= now)
        {
            if ((await CloseInTurn(present, present.State.Timesteps.Next)).IsRefused)
            {
                break;
            }
        }

        if (Live is { State.Status: ExperimentStatus.Running } watched && guards.IsDueAt(watched.State, now))
        {
            await GuardInTurn();
        }

        if (Live is { State.Status: ExperimentStatus.Running } reviewed && watch.IsDueAt(reviewed.State, now))
        {
            await ReviewInTurn();
        }
    }

    private async ValueTask GuardInTurn()
    {
        await FinishPublishing();
        if (Live is not { } present || !ExperimentGuards.Watches(present.State))
        {
            guards.Rest();
            return;
        }

        var counted = guards.Waiting;
        var now = options.Clock.GetUtcNow();
        var statistics = await present.Statistics(now);
        var done = await ExecuteInTurn(new ExperimentCommand.Guard(), default, statistics);
        if (!done.IsRefused && replay.State is Experiment experiment)
        {
            guards.Looked(counted, ExperimentGuards.EventsUntil(experiment, statistics), now);
        }
    }

    private async ValueTask ReviewInTurn()
    {
        var counted = watch.Participants;
        var now = options.Clock.GetUtcNow();
        var done = await ExecuteInTurn(new ExperimentCommand.Review(watch.LastAt, watch.LastParticipants), default);
        if (!done.IsRefused && replay.State is Experiment experiment)
        {
            watch.Reviewed(experiment, counted, now);
        }
    }

    private async ValueTask<Answer<TimestepResult>> CloseInTurn(LiveExperiment present, int timestep)
    {
        if (timestep < present.State.Timesteps.Next || ExperimentTimesteps.RefuseClose(present.State, timestep) is not null)
        {
            return ExperimentTimesteps.Close(present.State, timestep, null);
        }

        try
        {
            var closed = ExperimentTimesteps.Close(present.State, timestep, await Observed(present, timestep));
            var done = closed.IsRefused ? default : await ExecuteInTurn(new ExperimentCommand.CloseTimestep(closed.Value), default);
            return done.IsRefused ? done.Refusal : closed;
        }
        finally
        {
            if (!isBehind)
            {
                // Otherwise it may be closed on the disk already: what is frozen stays so until that is known.
                present.Timesteps.Settle(Live!.State.Timesteps.Next);
            }
        }
    }

    /// <summary>What a timestep is decided on: the rows sent for it, or with a period what the epoch's participants did.</summary>
    private async ValueTask<TimestepObservations?> Observed(LiveExperiment present, int timestep)
    {
        if (!present.TakesObservations)
        {
            return ExperimentTimesteps.Observed(present.State, await present.Statistics(options.Clock.GetUtcNow()));
        }

        var observations = present.Timesteps.Freeze(timestep, ExperimentTimesteps.Keys(present.State), out var durable);
        await durable;
        return observations;
    }

    /// <summary>
    /// Publishes what is durable and not published, if anything is: a write may have failed halfway, or be durable although
    /// it was answered as failed, and a command that is sent again then changes nothing and would publish nothing.
    /// </summary>
    private async ValueTask FinishPublishing()
    {
        if (isBehind && Damage is null)
        {
            journaled.EnsureLoaded();
            await Publish();
            isBehind = false;
        }
    }

    private async ValueTask Publish()
    {
        var before = Live;
        var experiment = replay.State as Experiment;
        Volatile.Write(ref live, experiment is null ? null : Open(experiment, before));
        if (Live is { } present)
        {
            await Task.WhenAll(present.Shards.Select(shard => shard.Switch(present.Plan.Shard)));
            guards.Begin();
            if (before?.Plan.Generation == present.Plan.Generation)
            {
                watch.Follow(present.State);
            }
            else
            {
                watch.Begin(present.State, present.Participants());
            }
        }

        published();
        if (before is not null && before.Plan.Generation != Live?.Plan.Generation)
        {
            // Nobody can reach the old generation any more; what a straggler still writes is swept at the next start.
            await store.Drop(ActorsOf(before));
            Damage = null;
        }
    }

    private LiveExperiment Open(Experiment experiment, LiveExperiment? before)
    {
        var plan = AssignmentPlan.Of(experiment);
        if (before is not null && before.Plan.Generation == plan.Generation)
        {
            before.Timesteps.Settle(experiment.Timesteps.Next);
            return new LiveExperiment(experiment, plan, before.Shards, before.Timesteps);
        }

        var shards = new ShardHost[plan.Shards];
        for (var number = 0; number < shards.Length; number++)
        {
            shards[number] = new ShardHost(store.Open(new ActorKey(ActorKind.Shard, id, plan.Generation, number)), plan.Shard, options.SnapshotBytes);
        }

        var timesteps = new TimestepHosts(store, id, plan.Generation, options.SnapshotBytes);
        timesteps.Settle(experiment.Timesteps.Next);
        return new LiveExperiment(experiment, plan, shards, timesteps);
    }

    private IReadOnlyList<ActorKey> ActorsOf(LiveExperiment gone) =>
    [
        .. Enumerable.Range(0, gone.Shards.Length).Select(number => new ActorKey(ActorKind.Shard, id, gone.Plan.Generation, number)),
        .. gone.Timesteps.Actors(),
    ];
}
