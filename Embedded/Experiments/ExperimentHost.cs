using Bandstand.Embedded.Participants;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Embedded.Experiments;

/// <summary>
/// The home of one experiment: commands one at a time, decided by Core, journaled, then pushed to the shards; and what is due by
/// the clock or by what happened. Assignments and events do not come through here; they use <see cref="Live"/>.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ExperimentHost : IDisposable
{
    private readonly string id;
    private readonly EmbeddedOptions options;
    private readonly Action changed;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly PublishedExperiment published;
    private readonly TimestepClosing closing;
    private readonly ReviewWatch watch = new();
    private readonly GuardWatch guards = new();

    /// <summary>Creates the home of an experiment that may not exist yet.</summary>
    /// <param name="id">The experiment's id.</param>
    /// <param name="store">Where its actors keep their journals.</param>
    /// <param name="options">How the engine runs.</param>
    /// <param name="changed">Called, in this experiment's turn, after <see cref="Live"/> changed.</param>
    public ExperimentHost(string id, IJournalStore store, EmbeddedOptions options, Action changed)
    {
        this.id = id;
        this.options = options;
        this.changed = changed;
        published = new PublishedExperiment(id, store, options, Follow);
        closing = new TimestepClosing(published, async command => (await ExecuteInTurn(command, default)).Refusal, options.Clock);
    }

    /// <summary>The present generation, or null when there is no experiment.</summary>
    public LiveExperiment? Live => published.Live;

    /// <summary>Why the experiment is stopped, or null.</summary>
    public Refusal? Damage => published.Damage;

    /// <summary>The generation of what is stored, 0 when nothing ever was.</summary>
    public long Generation => published.State.Generation;

    /// <summary>Reads the experiment and all its shards, and writes nothing. What is damaged stops this experiment only.</summary>
    public void Load() => published.Load();

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
    public ValueTask<Answer<(ExperimentState Before, ExperimentState After)>> Execute(
        ExperimentCommand command, Precondition precondition, CancellationToken cancellationToken) =>
        InTurn(
            async () => Damage is not null && command is not ExperimentCommand.Delete ? Damage : await ExecuteInTurn(command, precondition),
            cancellationToken);

    /// <summary>Closes a timestep; closing again answers the same.</summary>
    public ValueTask<Answer<TimestepResult>> CloseTimestep(int timestep, CancellationToken cancellationToken) => InTurn<Answer<TimestepResult>>(
        async () =>
        {
            if (Damage is not null)
            {
                return Damage;
            }

            await published.CatchUp();
            return Live is not { } present ? HostRefusals.NotFound(id)
                : !present.TakesObservations ? HostRefusals.NoObservations(id)
                : await closing.Close(present, timestep);
        },
        cancellationToken);

    /// <summary>Looks whether something is due: completion, a rebalance, a timestep's end.</summary>
    public async ValueTask RunDue()
    {
        if (published.IsBehind)
        {
            await InTurn(published.CatchUp);
        }

        if (Live?.State is not { Status: ExperimentStatus.Running } state || Damage is not null)
        {
            return;
        }

        var now = options.Clock.GetUtcNow();
        if (guards.IsDueAt(state, now) || ExperimentSchedule.NextTimestepAt(state) <= now || watch.IsDueAt(state, now))
        {
            await InTurn(RunDueInTurn);
        }
    }

    /// <summary>Notes new participants.</summary>
    /// <returns>True when their number makes a review due; call <see cref="Review"/> then.</returns>
    public bool Joined(long newcomers) => watch.Joined(newcomers);

    /// <summary>Notes events of guarded metrics that counted.</summary>
    /// <returns>True when a guardrail may have been crossed; call <see cref="Guard"/> before they are answered.</returns>
    public bool Guarded(long events) => guards.Counted(events);

    /// <summary>Looks at the guardrails, unless somebody did since the last event.</summary>
    public ValueTask Guard() => InTurn(() => guards.IsDue && Damage is null ? GuardInTurn() : default);

    /// <summary>Completes or rebalances if that is due by the number of participants.</summary>
    public ValueTask Review() => InTurn(() => watch.IsDue && Damage is null ? ReviewInTurn() : default);

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private async ValueTask<T> InTurn<T>(Func<ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            turn.Release();
        }
    }

    private async ValueTask InTurn(Func<ValueTask> work)
    {
        await turn.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            turn.Release();
        }
    }

    private async ValueTask<Answer<(ExperimentState Before, ExperimentState After)>> ExecuteInTurn(
        ExperimentCommand command, Precondition precondition, ExperimentStatistics? known = null)
    {
        await published.CatchUp();
        var before = published.State;
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
            await published.Advance(decided.Value);
        }

        return (before, published.State);
    }

    private async ValueTask RunDueInTurn()
    {
        var now = options.Clock.GetUtcNow();
        while (Live is { State.Status: ExperimentStatus.Running } present && ExperimentSchedule.NextTimestepAt(present.State) <= now)
        {
            if ((await closing.Close(present, present.State.Timesteps.Next)).IsRefused)
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
        await published.CatchUp();
        if (Live is not { } present || !ExperimentGuards.Watches(present.State))
        {
            guards.Rest();
            return;
        }

        var counted = guards.Waiting;
        var now = options.Clock.GetUtcNow();
        var statistics = await present.Statistics(now);
        var done = await ExecuteInTurn(new ExperimentCommand.Guard(), default, statistics);
        if (!done.IsRefused && published.State is Experiment experiment)
        {
            guards.Looked(counted, ExperimentGuards.EventsUntil(experiment, statistics), now);
        }
    }

    private async ValueTask ReviewInTurn()
    {
        var counted = watch.Participants;
        var now = options.Clock.GetUtcNow();
        var done = await ExecuteInTurn(new ExperimentCommand.Review(watch.LastAt, watch.LastParticipants), default);
        if (!done.IsRefused && published.State is Experiment experiment)
        {
            watch.Reviewed(experiment, counted, now);
        }
    }

    /// <summary>What is watched follows what is published.</summary>
    private void Follow(LiveExperiment? before)
    {
        if (Live is { } present)
        {
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

        changed();
    }
}
