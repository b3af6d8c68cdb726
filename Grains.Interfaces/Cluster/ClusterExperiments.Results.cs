using Bandstand.Experiments;
using Bandstand.Grains.Wire;
using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Grains;

// What the data say.
public sealed partial class ClusterExperiments
{
    /// <inheritdoc/>
    public ValueTask<Answer<ScoreReport>> Score(string experiment, ScoreQuery query = default, CancellationToken cancellationToken = default) =>
        Ask(experiment, query, request => request, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Answer<IReadOnlyList<Claim>>> Conclude(string experiment, ScoreQuery query = default, CancellationToken cancellationToken = default)
    {
        var score = await Ask(experiment, query, request => request.ForConclusion(), cancellationToken);
        return score.IsRefused ? score.Refusal : Answer.Of(Conclusion.Of(score.Value));
    }

    /// <inheritdoc/>
    public ValueTask<Answer<IReadOnlyList<SegmentView>>> Segments(string experiment, CancellationToken cancellationToken = default) =>
        Guard<IReadOnlyList<SegmentView>>(
            async () => await WithPresent<IReadOnlyList<SegmentView>>(experiment, async known => await Table(known) is { } table ? (true, Answer.Of(table.Views())) : (false, default)),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<HistoryView>> History(string experiment, HistoryUnit unit, CancellationToken cancellationToken = default) =>
        Guard<HistoryView>(
            async () => await WithPresent<HistoryView>(experiment, async known => await Gather(known, shard => shard.History()) is { } parts
                ? (true, ParticipationViews.Of(known.State, ShardHistory.Merge([.. parts.Select(part => WireJson.Read<ShardHistory>(part))]), unit))
                : (false, default)),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<ShardHealth>> Health(string experiment, CancellationToken cancellationToken = default) =>
        Guard<ShardHealth>(
            async () => await WithPresent<ShardHealth>(experiment, async known => await Gather(known, shard => shard.Health()) is { } parts
                ? (true, ShardHealth.Merge(parts.Select(part => WireJson.Read<ShardHealth>(part))))
                : (false, default)),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<Page<MetricView>>> Metrics(string? after, int limit, CancellationToken cancellationToken = default) =>
        Guard<Page<MetricView>>(
            async () =>
            {
                var views = new SortedDictionary<string, MetricView>(StringComparer.Ordinal);
                foreach (var (id, lastAt) in WireJson.Read<KeyValuePair<string, DateTimeOffset>[]>(await MetricsGrain.Known()))
                {
                    views[id] = new MetricView(id, [], lastAt);
                }

                foreach (var (id, users) in (await catalogue.Fresh()).Catalogue.Metrics)
                {
                    views[id] = (views.GetValueOrDefault(id) ?? new MetricView(id, [], null)) with { Experiments = users };
                }

                return Pages.Of(views.Values.Where(view => string.CompareOrdinal(view.Id, after) > 0), limit, view => view.Id);
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<IReadOnlyList<MetricDay>>> MetricValues(string metric, DateOnly from, DateOnly to, CancellationToken cancellationToken = default) =>
        Guard<IReadOnlyList<MetricDay>>(
            async () =>
            {
                if (HostRefusals.Days(from, to) is { } wrong)
                {
                    return wrong;
                }

                var isDefined = (await catalogue.Fresh()).Catalogue.Metrics.ContainsKey(metric);
                return await MetricsGrain.Values(metric, from, to, isDefined) is { } values
                    ? Answer.Of<IReadOnlyList<MetricDay>>(WireJson.Read<MetricDay[]>(values))
                    : HostRefusals.MetricNotFound(metric);
            },
            cancellationToken);

    private ValueTask<Answer<ScoreReport>> Ask(string experiment, ScoreQuery query, Func<ScoreRequest, ScoreRequest> adapt, CancellationToken cancellationToken) =>
        Guard<ScoreReport>(
            async () => await WithPresent<ScoreReport>(experiment, async known =>
            {
                var request = ExperimentScores.Request(known.State, query, options.Clock.GetUtcNow());
                if (request.IsRefused)
                {
                    return (true, request.Refusal);
                }

                if (request.Value.Segment is not null)
                {
                    return await AskSegment(known, request.Value, adapt);
                }

                return await Gather(known, shard => shard.Statistics(request.Value.AsOf.ToUnixTimeMilliseconds())) is { } parts
                    ? (true, ExperimentScores.Score(known.State, ExperimentStatistics.Merge([.. parts.Select(ShardStatisticsCodec.Read)]), adapt(request.Value)))
                    : (false, default);
            }),
            cancellationToken);

    private static async ValueTask<(bool IsPresent, Answer<ScoreReport> Answer)> AskSegment(KnownExperiment known, ScoreRequest request, Func<ScoreRequest, ScoreRequest> adapt)
    {
        if (await Table(known) is not { } table)
        {
            return (false, default);
        }

        var found = table.Find(request);
        if (found.IsRefused)
        {
            return (true, found.Refusal);
        }

        var choice = WireJson.Write(found.Value.Choice);
        return await Gather(known, shard => shard.SplitStatistics(request.AsOf.ToUnixTimeMilliseconds(), choice)) is { } parts
            ? (true, ExperimentScores.Score(known.State, ExperimentStatistics.Merge([.. parts.Select(ShardStatisticsCodec.Read)]), adapt(found.Value.Request)))
            : (false, default);
    }

    private static async Task<SegmentTable?> Table(KnownExperiment known)
        => await Gather(known, shard => shard.Segments()) is { } parts ? SegmentTable.Of(known.State, parts.Select(part => WireJson.Read<SegmentCount[]>(part))) : null;

    /// <summary>The same of every shard, all or none; null when what is known is outdated.</summary>
    private static async Task<IReadOnlyList<byte[]>?> Gather(KnownExperiment known, Func<IParticipantShardGrain, ValueTask<ShardReply>> ask)
    {
        var replies = await Task.WhenAll(known.Shards.Select(shard => ask(shard).AsTask()));
        return replies.All(reply => reply.Status == ShardStatus.Done) ? [.. replies.Select(reply => reply.Bytes!)] : null;
    }
}
