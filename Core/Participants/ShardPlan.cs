using Bandstand.Experiments;

namespace Bandstand.Participants;

/// <summary>
/// What an experiment tells its shards: all they need to answer and to count by themselves. Immutable; a newer one replaces an
/// older one as a whole.
/// </summary>
public sealed record ShardPlan
{
    /// <summary>How many hash buckets there are.</summary>
    public const int BucketCount = 10_000;

    /// <summary>In <see cref="Buckets"/>: whoever falls here is not in the traffic.</summary>
    public const short NotInTraffic = -1;

    /// <summary>The most epochs a shard can tell apart; the last number is one less.</summary>
    public const int MaxEpochs = 1 << PackedAssignment.EpochBits;

    /// <summary>The most metrics that may ever be defined, removed ones included.</summary>
    public const int MaxMetrics = 1_024;

    /// <summary>The most attributes that may ever be declared to split by, removed ones included.</summary>
    public const int MaxSegments = 16;

    /// <summary>The experiment's generation; a shard serves one only.</summary>
    public required long Generation { get; init; }

    /// <summary>Grows with every change; a plan that is not newer changes nothing.</summary>
    public required long Version { get; init; }

    /// <summary>Whether people are assigned and events count (running), or what they get instead.</summary>
    public required ExperimentStatus Status { get; init; }

    /// <summary>What everybody gets once completed, as the alternative's index; −1 before.</summary>
    public int Outcome { get; init; } = -1;

    /// <summary>What those get who are not in the experiment, as the alternative's index.</summary>
    public int Default { get; init; }

    /// <summary>How many alternatives were ever defined, 1 to 256. Only grows.</summary>
    public required int Alternatives { get; init; }

    /// <summary>By alternative: true when it was removed or dropped, so that its participants are shown the default. As long as <see cref="Alternatives"/>, or empty: none.</summary>
    public IReadOnlyList<bool> Removed { get; init; } = [];

    /// <summary>Every metric ever defined, in the order of definition. Slots are only appended; a removed metric stays, inactive.</summary>
    public required IReadOnlyList<MetricSlot> Metrics { get; init; }

    /// <summary>Every attribute ever declared by which results are split. Slots are only appended; a removed one stays, inactive.</summary>
    public IReadOnlyList<SegmentSlot> Segments { get; init; } = [];

    /// <summary>The number of the epoch in force, 0 to <see cref="MaxEpochs"/> − 1. Only grows.</summary>
    public int Epoch { get; init; }

    /// <summary>By bucket (all 10 000): the index of the alternative drawn, or <see cref="NotInTraffic"/>.</summary>
    public required ReadOnlyMemory<short> Buckets { get; init; }

    /// <summary>The most epochs that segments may have of their own at a time.</summary>
    public const int MaxSegmentEpochs = 64;

    /// <summary>The epochs of those who have one value of an attribute when they are assigned; all others are assigned in <see cref="Epoch"/>.</summary>
    public IReadOnlyList<SegmentEpoch> SegmentEpochs { get; init; } = [];

    /// <summary>Checks that this plan makes sense by itself.</summary>
    /// <exception cref="ArgumentException">It does not; the message names the property and its range.</exception>
    internal ShardPlan Validate()
    {
        Require(Alternatives is >= 1 and <= 256, $"Alternatives is {Alternatives}, not 1 to 256.");
        Require(Default >= 0 && Default < Alternatives, $"Default is {Default}, which is no alternative.");
        Require(Outcome >= -1 && Outcome < Alternatives, $"Outcome is {Outcome}, which is no alternative.");
        Require(Outcome >= 0 || Status != ExperimentStatus.Completed, "Outcome is missing though the status is completed.");
        Require(Epoch >= 0 && Epoch < MaxEpochs, $"Epoch is {Epoch}, not 0 to {MaxEpochs - 1}.");
        Require(Removed.Count == 0 || Removed.Count == Alternatives, $"Removed has {Removed.Count} entries, not {Alternatives}.");
        Require(Segments.Count <= MaxSegments, $"Segments has {Segments.Count} entries, over {MaxSegments}.");
        Require(Metrics.Count <= MaxMetrics, $"Metrics has {Metrics.Count} entries, over {MaxMetrics}.");
        foreach (var metric in Metrics)
        {
            var pair = metric.Kind is MetricKind.Ratio or MetricKind.Retention;
            Require(
                pair == (metric.Rule?.Numerator is not null) && pair == (metric.Rule?.Denominator is not null),
                $"The metric {metric.Id} ({metric.Kind}) has a numerator or denominator too few or too many.");
        }

        ValidateBuckets(Buckets);
        Require(SegmentEpochs.Count <= MaxSegmentEpochs, $"SegmentEpochs has {SegmentEpochs.Count} entries, over {MaxSegmentEpochs}.");
        Require(SegmentEpochs.DistinctBy(own => (own.Slot, own.Value)).Count() == SegmentEpochs.Count, "SegmentEpochs names a value twice.");
        foreach (var own in SegmentEpochs)
        {
            Require(own.Slot >= 0 && own.Slot < Segments.Count && own.Slot == SegmentEpochs[0].Slot, $"SegmentEpochs splits by {own.Slot}, which is no attribute, or not the only one.");
            Require(own.Epoch >= 0 && own.Epoch < Epoch, $"SegmentEpochs has the epoch {own.Epoch}, not one before {Epoch}.");
            ValidateBuckets(own.Buckets);
        }

        return this;
    }

    private void ValidateBuckets(ReadOnlyMemory<short> buckets)
    {
        Require(buckets.Length == BucketCount, $"Buckets has {buckets.Length} entries, not {BucketCount}.");
        var wrong = buckets.Span.IndexOfAnyExceptInRange(NotInTraffic, (short)(Alternatives - 1));
        Require(wrong < 0, wrong < 0 ? "" : $"Buckets names alternative {buckets.Span[wrong]} of {Alternatives}.");
    }

    /// <summary>Checks that this plan is one of the generation that a shard serves.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    internal void ValidateGeneration(long served)
        => Require(Generation == served, $"Generation is {Generation}, but this shard serves generation {served}.");

    /// <summary>Checks that this plan may follow an older one of the same generation.</summary>
    /// <exception cref="ArgumentException">It may not; the message says why.</exception>
    internal void ValidateAfter(ShardPlan before)
    {
        Require(Alternatives >= before.Alternatives, $"Alternatives went from {before.Alternatives} to {Alternatives}; they are only appended.");
        Require(Epoch >= before.Epoch, $"Epoch went from {before.Epoch} back to {Epoch}.");
        Require(
            Segments.Count >= before.Segments.Count && before.Segments.Zip(Segments).All(pair => pair.First with { Active = true } == pair.Second with { Active = true }),
            "Segments were taken away or changed; slots are only appended.");
        Require(Segments.Skip(before.Segments.Count).All(slot => slot.AfterMetrics >= before.Metrics.Count), "A new segment stands before metrics that are there already.");
        Require(Metrics.Count >= before.Metrics.Count, $"Metrics went from {before.Metrics.Count} to {Metrics.Count}; a removed metric stays, inactive.");
        for (var i = 0; i < before.Metrics.Count; i++)
        {
            var (old, now) = (before.Metrics[i], Metrics[i]);
            Require(
                old.Id == now.Id && old.Kind == now.Kind && old.Rule == now.Rule,
                $"Metrics[{i}] went from {old.Id} ({old.Kind}) to {now.Id} ({now.Kind}), or its rule changed; slots are only appended.");
        }
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException("The shard's plan is refused: " + message);
        }
    }
}

/// <summary>The place of one metric in every row and statistic of a shard.</summary>
/// <param name="Id">The metric's id.</param>
/// <param name="Kind">How events become a participant's total. Never changes.</param>
/// <param name="Active">False once the metric was removed: its events are ignored, its figures stay.</param>
/// <param name="Rule">What it does beyond adding up its own events; null: nothing. Never changes.</param>
public sealed record MetricSlot(string Id, MetricKind Kind, bool Active = true, MetricRule? Rule = null);

/// <summary>The epoch of those who have one value of an attribute when they are assigned.</summary>
/// <param name="Slot">The attribute's slot.</param>
/// <param name="Value">The value.</param>
/// <param name="Epoch">The epoch's number, under that of everybody else.</param>
/// <param name="Buckets">As <see cref="ShardPlan.Buckets"/>.</param>
public sealed record SegmentEpoch(int Slot, string Value, int Epoch, ReadOnlyMemory<short> Buckets);
