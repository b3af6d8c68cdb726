using System.Collections.Immutable;
using Bandstand.Participants;

namespace Bandstand.Experiments;

/// <summary>How events change the state.</summary>
public static partial class ExperimentDecider
{
    /// <summary>The state after one event. It never fails on events that were decided on the state they follow.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="happened">The event.</param>
    /// <exception cref="InvalidOperationException">The event cannot follow this state: the journal is not this experiment's.</exception>
    public static ExperimentState Evolve(ExperimentState state, ExperimentEvent happened)
    {
        ExperimentState next = (state, happened) switch
        {
            (NoExperiment, ExperimentEvent.Created created) => Begin(created, state.Generation + 1),
            (Experiment experiment, ExperimentEvent.Started) => Decided(experiment, happened, "started") with
            {
                Status = ExperimentStatus.Running,
                StartedAt = happened.At,
                Epochs = [.. experiment.Epochs.Select(e => e with { From = happened.At })], // A draft has one.
            },
            (Experiment experiment, ExperimentEvent.Enabled) => Decided(experiment, happened, "enabled") with { Status = ExperimentStatus.Running },
            (Experiment experiment, ExperimentEvent.Disabled) => Decided(experiment, happened, "disabled") with { Status = ExperimentStatus.Disabled },
            (Experiment experiment, ExperimentEvent.Redefined redefined) => Redefined(experiment, redefined),
            (Experiment experiment, ExperimentEvent.WeightsSet set) => InEpoch(experiment, happened, "weights-set", set.Weights),
            (Experiment experiment, ExperimentEvent.Rebalanced rebalanced) => Rebalanced(experiment, rebalanced),
            (Experiment experiment, ExperimentEvent.Reviewed reviewed) => experiment with { Reviewed = new ReviewMark(reviewed.At, reviewed.Participants) },
            (Experiment experiment, ExperimentEvent.TimestepClosed closed) => InEpoch(experiment, happened, "timestep-closed", closed.Weights, closed.Result.Winner, closed.Figures) with
            {
                ClosedTimesteps = [.. experiment.Timesteps.Apply(closed.Result).Closed],
                TimestepClosedAt = happened.At,
            },
            (Experiment experiment, ExperimentEvent.GuardTripped tripped) => Tripped(experiment, tripped),
            (Experiment experiment, ExperimentEvent.Completed completed) => InEpoch(experiment, happened, "completed", null, completed.Outcome, completed.Figures) with
            {
                Status = ExperimentStatus.Completed,
                CompletedAt = happened.At,
                Outcome = experiment.SlotOf(completed.Outcome),
            },
            (Experiment experiment, ExperimentEvent.Reset reset) => Begin(
                new ExperimentEvent.Created(reset.At, reset.Reason, experiment.LastPut, reset.Key, reset.Weights), state.Generation + 1, reset.Seed, "reset"),
            (Experiment, ExperimentEvent.Deleted) => new NoExperiment { Generation = state.Generation },
            _ => throw new InvalidOperationException($"{happened.GetType().Name} cannot follow {(state is Experiment e ? e.Status.ToString() : "no experiment")}."),
        };
        return happened is ExperimentEvent.Reviewed ? next : next with { Version = state.Version + 1 };
    }

    private static Experiment Begin(ExperimentEvent.Created created, long generation, string? seed = null, string kind = "created")
    {
        var definition = created.Definition;
        var epoch = new WeightEpoch
        {
            Number = 0,
            From = created.At,
            Weights = created.Weights,
            Traffic = definition.Assignment.Traffic,
            Reason = created.Reason,
            Decision = 1,
        };
        var experiment = new Experiment
        {
            Generation = generation,
            LastPut = definition,
            Seed = seed ?? definition.Assignment.Seed,
            Status = ExperimentStatus.Draft,
            Key = created.Key,
            Alternatives = Slots(definition),
            Metrics = MetricSlots(definition),
            Segments = SegmentSlots([], definition, MetricSlots(definition).Length),
            Epochs = [epoch.WithProbabilities(definition.Assignment.Hash)],
            Decisions = [],
            CreatedAt = created.At,
        };
        return Decided(experiment, created, kind, weights: created.Weights);
    }

    private static Experiment Redefined(Experiment experiment, ExperimentEvent.Redefined redefined)
    {
        var definition = redefined.Definition;
        var seed = string.Equals(definition.Assignment.Seed, experiment.LastPut.Assignment.Seed, StringComparison.Ordinal) ? experiment.Seed : definition.Assignment.Seed;
        return experiment.Status == ExperimentStatus.Draft
            ? Redrawn(experiment, redefined, seed)
            : InEpoch(
                experiment with
                {
                    LastPut = definition,
                    Seed = seed,
                    Alternatives = Slots(experiment.Alternatives, definition),
                    Metrics = MetricSlots(experiment.Metrics, definition),
                    Segments = SegmentSlots(experiment.Segments, definition, MetricSlots(experiment.Metrics, definition).Length),
                },
                redefined,
                "defined",
                redefined.Weights);
    }

    /// <summary>
    /// A draft is made anew, since nobody was assigned. Where its make-up changed, so does the generation, so that no shard has to
    /// reconcile the new slots with the old.
    /// </summary>
    private static Experiment Redrawn(Experiment draft, ExperimentEvent.Redefined redefined, string seed)
    {
        var definition = redefined.Definition;
        var (alternatives, metrics) = (Slots(definition), MetricSlots(definition));
        var segments = SegmentSlots([], definition, metrics.Length);
        var same = draft.Alternatives.SequenceEqual(alternatives) && draft.Metrics.SequenceEqual(metrics) && draft.Segments.SequenceEqual(segments)
            && draft.LastPut.Shards == definition.Shards && draft.LastPut.Assignment.Hash == definition.Assignment.Hash && draft.Seed == seed;
        var epoch = draft.Epoch with { Weights = redefined.Weights ?? draft.Epoch.Weights, Traffic = definition.Assignment.Traffic };
        return Decided(
            draft with
            {
                Generation = same ? draft.Generation : draft.Generation + 1,
                LastPut = definition,
                Seed = seed,
                Alternatives = alternatives,
                Metrics = metrics,
                Segments = segments,
                Epochs = [epoch.WithProbabilities(definition.Assignment.Hash)],
            },
            redefined,
            "defined",
            weights: redefined.Weights);
    }

    /// <summary>A decision that begins an epoch when it comes with weights; in a draft, whose epoch nobody was assigned in, it replaces that.</summary>
    private static Experiment InEpoch(
        Experiment experiment, ExperimentEvent happened, string kind, ImmutableArray<int>? weights, string? winner = null, IReadOnlyList<DecisionFigure>? figures = null)
    {
        if (weights is not { } given)
        {
            return Decided(experiment, happened, kind, winner: winner, figures: figures);
        }

        var draft = experiment.Status == ExperimentStatus.Draft;
        var epoch = new WeightEpoch
        {
            Number = draft ? 0 : experiment.Epoch.Number + 1,
            From = happened.At,
            Weights = given,
            Traffic = experiment.LastPut.Assignment.Traffic,
            Reason = happened.Reason,
            Decision = experiment.Decisions.Length + 1,
        }.WithProbabilities(experiment.LastPut.Assignment.Hash);
        return Decided(
            experiment with
            {
                Epochs = draft ? [epoch] : experiment.Epochs.Add(epoch),
                Alternatives = [.. experiment.Alternatives.Select((slot, i) => slot.Dropped && given[i] > 0 ? slot with { Dropped = false } : slot)],
            },
            happened,
            kind,
            given,
            winner,
            figures);
    }

    /// <summary>Every segment with weights of its own begins an epoch of its own, and the present one of everybody else comes after them.</summary>
    private static Experiment Rebalanced(Experiment experiment, ExperimentEvent.Rebalanced rebalanced)
    {
        var segments = rebalanced.Segments ?? [];
        var own = segments.Select((segment, i) => new WeightEpoch
        {
            Number = experiment.Epoch.Number + 1 + i,
            From = rebalanced.At,
            Weights = segment.Weights,
            Traffic = experiment.LastPut.Assignment.Traffic,
            Reason = segment.Reason,
            Decision = experiment.Decisions.Length + 1,
            Segment = segment.Segment,
        }.WithProbabilities(experiment.LastPut.Assignment.Hash));
        var next = InEpoch(experiment with { Epochs = experiment.Epochs.AddRange(own) }, rebalanced, "rebalanced", rebalanced.Weights, figures: rebalanced.Figures);
        return next with
        {
            Decisions = next.Decisions.SetItem(next.Decisions.Length - 1, next.Decisions[^1] with
            {
                Before = ExperimentViews.Weights(experiment, experiment.Epoch.Weights),
                Settings = RebalanceSettings.Of(experiment),
                Segments = segments.Count == 0 ? null : [.. segments.Select(segment => new SegmentDecision(
                    ExperimentViews.SegmentName(experiment, segment.Segment), ExperimentViews.Weights(experiment, segment.Weights), segment.Figures))],
            }),
        };
    }

    private static Experiment Tripped(Experiment experiment, ExperimentEvent.GuardTripped tripped)
    {
        var (trip, slot) = (tripped.Trip, experiment.SlotOf(tripped.Trip.Alternative));
        var acted = tripped.Weights is not null
            ? experiment with { Alternatives = experiment.Alternatives.SetItem(slot, experiment.Alternatives[slot] with { Dropped = true }) }
            : tripped.Outcome is { } outcome
                ? experiment with { Status = ExperimentStatus.Completed, CompletedAt = tripped.At, Outcome = experiment.SlotOf(outcome) }
                : experiment with { Status = ExperimentStatus.Disabled };
        var next = InEpoch(acted with { Trips = experiment.Trips.Add(trip) }, tripped, "guardrail", tripped.Weights, tripped.Outcome, tripped.Figures);
        return next with { Decisions = next.Decisions.SetItem(next.Decisions.Length - 1, next.Decisions[^1] with { Guardrail = trip }) };
    }

    private static Experiment Decided(
        Experiment experiment, ExperimentEvent happened, string kind, ImmutableArray<int>? weights = null, string? winner = null, IReadOnlyList<DecisionFigure>? figures = null)
    {
        var decision = new Decision
        {
            Number = experiment.Decisions.Length + 1,
            At = happened.At,
            Kind = kind,
            Reason = happened.Reason,
            Epoch = experiment.Epoch.Number,
            Weights = weights is { } given ? ExperimentViews.Weights(experiment, given) : null,
            Winner = winner,
            Figures = figures,
        };
        return experiment with { Decisions = experiment.Decisions.Add(decision) };
    }

    private static ImmutableArray<AlternativeSlot> Slots(ExperimentDefinition definition)
        => [.. definition.Alternatives.Select(a => new AlternativeSlot(a.Key, a.Value))];

    private static ImmutableArray<AlternativeSlot> Slots(ImmutableArray<AlternativeSlot> before, ExperimentDefinition definition)
    {
        var wanted = definition.Alternatives.Select(a => a.Key).ToHashSet(StringComparer.Ordinal);
        var known = before.Select(s => s.Key).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. before.Select(s => s with { Removed = s.Removed || !wanted.Contains(s.Key) }),
            .. definition.Alternatives.Where(a => !known.Contains(a.Key)).Select(a => new AlternativeSlot(a.Key, a.Value)),
        ];
    }

    private static ImmutableArray<SegmentSlot> SegmentSlots(ImmutableArray<SegmentSlot> before, ExperimentDefinition definition, int metrics) =>
    [
        .. before.Select(slot => slot with { Active = definition.Segments.Contains(slot.Attribute) }),
        .. definition.Segments.Where(name => !before.Any(slot => slot.Attribute == name)).Select(name => new SegmentSlot(name, metrics)),
    ];

    private static ImmutableArray<MetricSlot> MetricSlots(ExperimentDefinition definition) => MetricSlots([], definition);

    /// <summary>What is there already, what the definition adds, and the events that those are made of and that no slot counts.</summary>
    private static ImmutableArray<MetricSlot> MetricSlots(ImmutableArray<MetricSlot> before, ExperimentDefinition definition)
    {
        var wanted = definition.Metrics.Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
        var known = before.Where(s => s.Kind != MetricKind.Event).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        List<MetricSlot> slots =
        [
            .. before.Select(s => s.Kind == MetricKind.Event ? s : s with { Active = wanted.Contains(s.Id) }),
            .. definition.Metrics.Where(m => !known.Contains(m.Id)).Select(m => new MetricSlot(m.Id, m.Kind, Rule: m.Rule)),
        ];
        var addressed = slots.Where(MetricFeeds.IsAddressed).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        var parts = slots.Where(s => s.Active).SelectMany(MetricFeeds.Parts).Distinct(StringComparer.Ordinal).ToList();
        return
        [
            .. slots.Select(s => s.Kind == MetricKind.Event ? s with { Active = parts.Contains(s.Id) } : s),
            .. parts.Where(id => !addressed.Contains(id)).Select(id => new MetricSlot(id, MetricKind.Event)),
        ];
    }
}
