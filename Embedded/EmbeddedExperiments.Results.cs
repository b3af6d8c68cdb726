using Bandstand.Embedded.Participants;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Embedded;

// What the data say.
public sealed partial class EmbeddedExperiments
{
    /// <inheritdoc/>
    public ValueTask<Answer<ScoreReport>> Score(string experiment, ScoreQuery query = default, CancellationToken cancellationToken = default) =>
        Ask(experiment, query, request => request);

    /// <inheritdoc/>
    public ValueTask<Answer<IReadOnlyList<SegmentView>>> Segments(string experiment, CancellationToken cancellationToken = default) =>
        Guard<IReadOnlyList<SegmentView>>(experiment, async () => Find(experiment, out _, out var refusal) is { } live
            ? Answer.Of((await live.Segments()).Views())
            : refusal!);

    /// <inheritdoc/>
    public async ValueTask<Answer<IReadOnlyList<Claim>>> Conclude(string experiment, ScoreQuery query = default, CancellationToken cancellationToken = default)
    {
        var score = await Ask(experiment, query, request => request.ForConclusion());
        return score.IsRefused ? score.Refusal : Answer.Of(Conclusion.Of(score.Value));
    }

    /// <inheritdoc/>
    public ValueTask<Answer<HistoryView>> History(string experiment, HistoryUnit unit, CancellationToken cancellationToken = default) =>
        Guard<HistoryView>(experiment, async () => Find(experiment, out _, out var refusal) is { } live
            ? ParticipationViews.Of(live.State, await live.History(), unit)
            : refusal!);

    /// <inheritdoc/>
    public ValueTask<Answer<ShardHealth>> Health(string experiment, CancellationToken cancellationToken = default) =>
        Guard<ShardHealth>(experiment, async () => Find(experiment, out _, out var refusal) is { } live ? await live.Health() : refusal!);

    private ValueTask<Answer<ScoreReport>> Ask(string experiment, ScoreQuery query, Func<ScoreRequest, ScoreRequest> adapt) =>
        Guard<ScoreReport>(experiment, async () =>
        {
            if (Find(experiment, out _, out var refusal) is not { } live)
            {
                return refusal!;
            }

            var request = ExperimentScores.Request(live.State, query, options.Clock.GetUtcNow());
            return request.IsRefused ? request.Refusal
                : request.Value.Segment is null ? ExperimentScores.Score(live.State, await live.Statistics(request.Value.AsOf), adapt(request.Value))
                : await AskSegment(live, request.Value, adapt);
        });

    private static async ValueTask<Answer<ScoreReport>> AskSegment(LiveExperiment live, ScoreRequest request, Func<ScoreRequest, ScoreRequest> adapt)
    {
        var found = (await live.Segments()).Find(request);
        return found.IsRefused
            ? found.Refusal
            : ExperimentScores.Score(live.State, await live.Statistics(request.AsOf, found.Value.Choice), adapt(found.Value.Request));
    }
}
