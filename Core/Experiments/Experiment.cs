using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Bandstand.Participants;
using Bandstand.Timesteps;

namespace Bandstand.Experiments;

/// <summary>All that an experiment's actor knows: a closed family of immutable states.</summary>
public abstract record ExperimentState
{
    private protected ExperimentState()
    {
    }

    /// <summary>
    /// Counts creations, resets and drafts whose make-up was changed; 0: never created. It never goes back, so that what belongs to
    /// an older generation can be told and swept.
    /// </summary>
    public long Generation { get; init; }

    /// <summary>Counts changes over all generations, but for reviews, which change nothing that others see; a plan made of the state carries it.</summary>
    public long Version { get; init; }
}

/// <summary>There is no such experiment: never created, or deleted (then the generation is that of the deleted one).</summary>
public sealed record NoExperiment : ExperimentState
{
    /// <summary>Never created.</summary>
    public static NoExperiment Never { get; } = new();
}

/// <summary>An experiment that exists, in whatever status.</summary>
public sealed record Experiment : ExperimentState
{
    /// <summary>Its id.</summary>
    [JsonIgnore]
    public string Id => LastPut.Id;

    /// <summary>The last definition that was accepted, which the next PUT is compared with.</summary>
    public required ExperimentDefinition LastPut { get; init; }

    /// <summary>The seed in force: the definition's, or one given with a reset.</summary>
    public required string Seed { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required ExperimentStatus Status { get; init; }

    /// <summary>The secret under which this generation's identities are hashed.</summary>
    public required SipKey Key { get; init; }

    /// <summary>Alternatives by slot, removed ones included.</summary>
    public required ImmutableArray<AlternativeSlot> Alternatives { get; init; }

    /// <summary>Metrics by slot, removed ones included.</summary>
    public required ImmutableArray<MetricSlot> Metrics { get; init; }

    /// <summary>Attributes to split by, by slot, removed ones included.</summary>
    public ImmutableArray<SegmentSlot> Segments { get; init; } = [];

    /// <summary>Epochs by number; never empty.</summary>
    public required ImmutableArray<WeightEpoch> Epochs { get; init; }

    /// <summary>Decisions of this generation; the first has number 1.</summary>
    public required ImmutableArray<Decision> Decisions { get; init; }

    /// <summary>When this generation was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was started, or null.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was completed, or null.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The slot of what everybody gets once completed, or null before.</summary>
    public int? Outcome { get; init; }

    /// <summary>The last review that passed a number of participants or a time at which a rebalance falls due, or null: none yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReviewMark? Reviewed { get; init; }

    /// <summary>What closed timesteps decided, in order.</summary>
    public ImmutableArray<TimestepResult> ClosedTimesteps { get; init; } = [];

    /// <summary>When the last timestep was closed, or null.</summary>
    public DateTimeOffset? TimestepClosedAt { get; init; }

    /// <summary>Guardrails that were crossed, in order; each acts once per alternative.</summary>
    public ImmutableArray<GuardTrip> Trips { get; init; } = [];

    /// <summary>The closed timesteps and the winner they led to.</summary>
    [JsonIgnore]
    public TimestepBook Timesteps => new(Definition.Default, ClosedTimesteps);

    /// <summary>The definition in force: the last PUT with the seed in force.</summary>
    [JsonIgnore]
    public ExperimentDefinition Definition => string.Equals(Seed, LastPut.Assignment.Seed, StringComparison.Ordinal)
        ? LastPut
        : LastPut with { Assignment = LastPut.Assignment with { Seed = Seed } };

    /// <summary>The present epoch of everybody who has none of their own in <see cref="SegmentEpochs"/>.</summary>
    [JsonIgnore]
    public WeightEpoch Epoch => Epochs[^1];

    /// <summary>The present epochs of those who have one value of the attribute that the bandit learns by: they began with <see cref="Epoch"/> and stand before it.</summary>
    [JsonIgnore]
    public IEnumerable<WeightEpoch> SegmentEpochs
    {
        get
        {
            var first = Epochs.Length - 1;
            while (first > 0 && Epochs[first - 1] is { Segment: not null } own && own.Decision == Epoch.Decision)
            {
                first--;
            }

            for (var i = first; i < Epochs.Length - 1; i++)
            {
                yield return Epochs[i];
            }
        }
    }

    /// <summary>The slot of an alternative that was not removed, or −1.</summary>
    /// <param name="key">Its key.</param>
    public int SlotOf(string key)
    {
        for (var slot = 0; slot < Alternatives.Length; slot++)
        {
            if (!Alternatives[slot].Removed && string.Equals(Alternatives[slot].Key, key, StringComparison.Ordinal))
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Whether a slot gives anything to newcomers: not removed and of a weight over 0.</summary>
    /// <param name="slot">Its number.</param>
    public bool IsOpen(int slot) => !Alternatives[slot].Removed && Epoch.Weights[slot] > 0;

    /// <summary>The slot of a metric that is counted, or −1.</summary>
    /// <param name="metric">Its id.</param>
    public int MetricSlotOf(string metric)
    {
        for (var slot = 0; slot < Metrics.Length; slot++)
        {
            if (Metrics[slot] is { Active: true, Kind: not MetricKind.Event } && string.Equals(Metrics[slot].Id, metric, StringComparison.Ordinal))
            {
                return slot;
            }
        }

        return -1;
    }
}
