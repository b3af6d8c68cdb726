using Bandstand.Experiments;
using Bandstand.Grains.Journal;
using Bandstand.Grains.Wire;
using Bandstand.Participants;
using Bandstand.Ports;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Storage;

namespace Bandstand.Grains.Experiments;

/// <summary>
/// The home of one experiment: commands one at a time, decided by Core, journaled, then pushed to the shards. Assignments and
/// events do not come through here.
/// </summary>
/// <remarks>
/// Not reentrant; what reads only is let in between, and sees what is durable. A command is answered when every shard, the
/// catalogue and the shards of an ended generation have confirmed it; what was left unfinished is finished by the next turn.
/// </remarks>
[RandomPlacement]
[GrainType("bandstand-experiment")]
internal sealed partial class ExperimentGrain : ActorGrain, IExperimentGrain
{
    private readonly ExperimentReplay replay = new();
    private readonly JournaledState journaled;
    private readonly string id;
    private ExperimentState durable = NoExperiment.Never;
    private (long Version, byte[] Bytes) snapshot = (-1, []);
    private bool loaded;

    public ExperimentGrain(
        [FromKeyedServices(StorageNames.Bandstand)] IGrainStorage storage,
        [PersistentState("generations", StorageNames.Bandstand)] IPersistentState<StoredBytes> generations,
        GrainOptions options)
        : base(options)
    {
        ended = generations;
        id = this.GetPrimaryKeyString();
        var actor = new ActorKey(ActorKind.Experiment, id, 0, 0);
        journaled = new JournaledState(new GrainStorageJournal(storage, this.GetGrainId(), actor, options.Journal), replay, () => ExperimentJournal.Snapshot(replay.State));
    }

    public ValueTask<ExperimentReply> Read(long knownVersion) => Guard<ExperimentReply>(async () =>
    {
        await Load();
        return new ExperimentReply(durable.Version, durable.Version == knownVersion ? null : SnapshotOf(durable));
    });

    public ValueTask<byte[]?> ReadPlan(long generation) => Guard<byte[]?>(async () =>
    {
        await Load();
        return durable is Experiment experiment && experiment.Generation == generation ? ShardPlanCodec.Write(Assignment.AssignmentPlan.Of(experiment).Shard) : null;
    });

    public ValueTask<ExecuteReply> Execute(CommandCall command) => Guard<ExecuteReply>(async () =>
    {
        var done = await ExecuteInTurn(command.ToCommand(), command.ToPrecondition());
        return done.IsRefused
            ? new ExecuteReply(null, null, WireJson.Write(done.Refusal))
            : new ExecuteReply(SnapshotOf(done.Value.Before), SnapshotOf(done.Value.After));
    });

    private async Task Load()
    {
        while (!journaled.IsReady)
        {
            loaded = false;
            await journaled.Load();
        }

        if (!loaded)
        {
            loaded = true;
            durable = replay.State;
        }
    }

    private async ValueTask<Answer<(ExperimentState Before, ExperimentState After)>> ExecuteInTurn(
        ExperimentCommand command, Precondition precondition, ExperimentStatistics? known = null)
    {
        await Load();
        await Publish();
        var before = durable;
        if (ExperimentDecider.Check(before, precondition) is { } refusal)
        {
            return refusal;
        }

        var now = Options.Clock.GetUtcNow();
        var statistics = ExperimentDecider.NeedsStatistics(before, command) ? known ?? await Statistics((Experiment)before, now) : null;
        var (k0, k1) = Options.NewKey();
        var inputs = new DecisionInputs(now, new SipKey(k0, k1), statistics);
        inputs = ExperimentDecider.NeedsSegments(before, command, inputs) ? inputs with { Segments = await SegmentsOf((Experiment)before, now) } : inputs;
        var decided = ExperimentDecider.Decide(before, command, inputs);
        if (decided.IsRefused)
        {
            return decided.Refusal;
        }

        if (decided.Value.Count > 0)
        {
            var after = ExperimentDecider.Apply(before, decided.Value);
            await NoteEnding(before, after);
            if (!journaled.IsReady || !ReferenceEquals(before, replay.State))
            {
                throw new JournalUnavailableException("storage-unavailable", "The state was loaded again while this was decided.");
            }

            // Nobody sees the new state before its entry is durable; if the entry's fate is unknown the state is loaded again.
            replay.Advance(decided.Value);
            await journaled.Append(ExperimentJournal.Write(decided.Value));
            durable = replay.State;
            await Publish();
        }

        return (before, durable);
    }

    private byte[] SnapshotOf(ExperimentState state)
    {
        if (ReferenceEquals(state, durable) && snapshot.Version == state.Version)
        {
            return snapshot.Bytes;
        }

        var parts = ExperimentJournal.Snapshot(state);
        var bytes = parts.Count == 1 ? parts[0].ToArray() : parts.SelectMany(part => part.ToArray()).ToArray();
        if (ReferenceEquals(state, durable))
        {
            snapshot = (state.Version, bytes);
        }

        return bytes;
    }
}
