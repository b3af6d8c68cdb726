using Bandstand.Assignment;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics.Scoring;
using Bandstand.Timesteps;

namespace Bandstand.Ports;

/// <summary>
/// Everything a caller can ask of Bandstand, wherever the experiments live: in this process or in a cluster.
/// </summary>
/// <remarks>
/// <para>Thread-safe. A business "no" is a <see cref="Refusal"/> in the answer and changes nothing. What is answered as done
/// is durable: it survives kill -9 and power loss. When the store or a shard cannot be reached the answer is a refusal of
/// kind <see cref="RefusalKind.Unavailable"/>, never a partial result; send the same again.</para>
/// <para>Cancelling gives up waiting; what was already enqueued may still happen.</para>
/// </remarks>
public interface IExperiments
{
    /// <summary>Creates an experiment or changes its definition. The same definition again changes nothing.</summary>
    /// <param name="definition">The whole definition, validated.</param>
    /// <param name="precondition">What must be true of the present one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<Answer<PutResult>> Put(ExperimentDefinition definition, Precondition precondition = default, CancellationToken cancellationToken = default);

    /// <summary>One experiment, or <c>experiment-not-found</c>.</summary>
    ValueTask<Answer<ExperimentView>> Get(string experiment, CancellationToken cancellationToken = default);

    /// <summary>Experiments by id, after <paramref name="after"/>.</summary>
    /// <param name="after">The last id of the page before, or null.</param>
    /// <param name="limit">1 to 1 000.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<Answer<Page<ExperimentView>>> List(string? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Starts, enables, disables, rebalances, completes, resets, deletes or sets weights; answers the experiment after it.</summary>
    ValueTask<Answer<ExperimentView>> Execute(string experiment, ExperimentCommand command, Precondition precondition = default, CancellationToken cancellationToken = default);

    /// <summary>Decisions of this generation by number, oldest first.</summary>
    ValueTask<Answer<Page<Decision>>> Decisions(string experiment, long after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Epochs of this generation by number, oldest first.</summary>
    ValueTask<Answer<Page<Epoch>>> Epochs(string experiment, int after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Who gets what. The first answer that stores is the same for ever, whoever asks at the same time.</summary>
    ValueTask<Answer<AssignmentResult>> Assign(string experiment, AssignmentRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Many at once, answered in the same order; a repeated identity is new once. At most 10 000. A review that they make due by
    /// their number comes after the last of them.
    /// </summary>
    ValueTask<Answer<IReadOnlyList<AssignmentResult>>> AssignMany(string experiment, IReadOnlyList<AssignmentRequest> requests, CancellationToken cancellationToken = default);

    /// <summary>Shows an alternative to somebody, never counted; null clears it.</summary>
    ValueTask<Answer<AssignmentResult>> Force(string experiment, string identity, string? alternative, CancellationToken cancellationToken = default);

    /// <summary>All that is held about somebody, over all experiments.</summary>
    ValueTask<Answer<ParticipantView>> Participant(string identity, CancellationToken cancellationToken = default);

    /// <summary>Erases all that is held about somebody, with its share of the statistics.</summary>
    ValueTask<Answer<ParticipantView>> Erase(string identity, CancellationToken cancellationToken = default);

    /// <summary>Takes a batch of events. Answers when what counted is durable.</summary>
    ValueTask<Answer<EventReceipt>> Ingest(EventBatch batch, CancellationToken cancellationToken = default);

    /// <summary>What the statistics say of an experiment now: a pure function of the data, whoever looked when.</summary>
    ValueTask<Answer<ScoreReport>> Score(string experiment, ScoreQuery query = default, CancellationToken cancellationToken = default);

    /// <summary>Who takes part by the values of the attributes that results are split by; none where the definition declares none.</summary>
    ValueTask<Answer<IReadOnlyList<SegmentView>>> Segments(string experiment, CancellationToken cancellationToken = default);

    /// <summary>What the score means, in coded claims with a sentence each.</summary>
    ValueTask<Answer<IReadOnlyList<Claim>>> Conclude(string experiment, ScoreQuery query = default, CancellationToken cancellationToken = default);

    /// <summary>Takes observations of an open timestep. Answers when what counted is durable.</summary>
    ValueTask<Answer<EventReceipt>> Observe(string experiment, int timestep, ObservationBatch batch, CancellationToken cancellationToken = default);

    /// <summary>Closes a timestep, decides its winner and steers the next one. Closing again answers the same.</summary>
    ValueTask<Answer<TimestepResult>> Close(string experiment, int timestep, CancellationToken cancellationToken = default);

    /// <summary>Closed timesteps by number, those passed over included, oldest first.</summary>
    ValueTask<Answer<Page<TimestepResult>>> Timesteps(string experiment, int after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Participants and totals over time.</summary>
    ValueTask<Answer<HistoryView>> History(string experiment, HistoryUnit unit, CancellationToken cancellationToken = default);

    /// <summary>What somebody who runs the experiment may want to look into: conflicting exposures, held events and the like.</summary>
    ValueTask<Answer<ShardHealth>> Health(string experiment, CancellationToken cancellationToken = default);

    /// <summary>Every metric that an experiment has or that was tracked, by id.</summary>
    ValueTask<Answer<Page<MetricView>>> Metrics(string? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>A metric's daily totals, both days included; days without events are 0.</summary>
    ValueTask<Answer<IReadOnlyList<MetricDay>>> MetricValues(string metric, DateOnly from, DateOnly to, CancellationToken cancellationToken = default);
}

/// <summary>What a PUT did.</summary>
/// <param name="Experiment">The experiment after it.</param>
/// <param name="Created">True when it did not exist before.</param>
public readonly record struct PutResult(ExperimentView Experiment, bool Created);

/// <summary>One page of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">In order.</param>
/// <param name="Next">What to send as <c>after</c> for the next page, or null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
