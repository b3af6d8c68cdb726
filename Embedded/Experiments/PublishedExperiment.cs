using Bandstand.Assignment;
using Bandstand.Embedded.Participants;
using Bandstand.Embedded.Timesteps;
using Bandstand.Experiments;
using Bandstand.Ports;

namespace Bandstand.Embedded.Experiments;

/// <summary>
/// The journaled state of one experiment and what everybody sees of it, which follows the state once it is durable: the plan and
/// the actors of the present generation.
/// </summary>
/// <remarks>It belongs to the experiment's turn; only <see cref="Live"/>, <see cref="Damage"/> and <see cref="IsBehind"/> are read at any time.</remarks>
internal sealed class PublishedExperiment
{
    private readonly string id;
    private readonly IJournalStore store;
    private readonly EmbeddedOptions options;
    private readonly Action<LiveExperiment?> followed;
    private readonly ExperimentReplay replay = new();
    private readonly Journaled journaled;
    private LiveExperiment? live;
    private volatile bool isBehind;

    /// <summary>Creates one that may not exist yet.</summary>
    /// <param name="id">The experiment's id.</param>
    /// <param name="store">Where its actors keep their journals.</param>
    /// <param name="options">How the engine runs.</param>
    /// <param name="followed">Called when <see cref="Live"/> changed and its shards follow it, with the one before.</param>
    public PublishedExperiment(string id, IJournalStore store, EmbeddedOptions options, Action<LiveExperiment?> followed)
    {
        this.id = id;
        this.store = store;
        this.options = options;
        this.followed = followed;
        journaled = new Journaled(store.Open(new ActorKey(ActorKind.Experiment, id, 0, 0)), replay, () => ExperimentJournal.Snapshot(replay.State), options.SnapshotBytes);
    }

    /// <summary>The state with all that was decided.</summary>
    public ExperimentState State => replay.State;

    /// <summary>The present generation, or null when there is no experiment.</summary>
    public LiveExperiment? Live => Volatile.Read(ref live);

    /// <summary>Why the experiment is stopped, or null.</summary>
    public Refusal? Damage { get; private set; }

    /// <summary>True when something was decided that not everybody follows, or of which it is not known whether it is durable.</summary>
    public bool IsBehind => isBehind;

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

    /// <summary>Makes events durable, then has everybody follow them.</summary>
    public async ValueTask Advance(IReadOnlyList<ExperimentEvent> events)
    {
        // Nobody sees the new state before its entry is durable; if the entry's fate is unknown the state is loaded again.
        isBehind = true;
        var before = replay.State.Version;
        replay.Advance(events);
        await journaled.Append(ExperimentJournal.Write(events));
        if (replay.State.Version != before) // A review that only looked concerns nobody else.
        {
            await Publish();
        }

        isBehind = false;
    }

    /// <summary>
    /// Publishes what is durable and not published, if anything is: a write may have failed halfway, or be durable although
    /// it was answered as failed, and a command that is sent again then changes nothing and would publish nothing.
    /// </summary>
    public async ValueTask CatchUp()
    {
        if (Damage is not null)
        {
            return;
        }

        journaled.EnsureLoaded();
        if (isBehind)
        {
            await Publish();
            isBehind = false;
        }
    }

    private async ValueTask Publish()
    {
        var before = Live;
        Volatile.Write(ref live, replay.State is Experiment experiment ? Open(experiment, before) : null);
        if (Live is { } present)
        {
            await Task.WhenAll(present.Shards.Select(shard => shard.Switch(present.Plan.Shard)));
        }

        followed(before);
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
