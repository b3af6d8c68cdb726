using System.Collections.Concurrent;
using Bandstand.Ports;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Api;

/// <summary>
/// Scores that are no older than half a stream's period: a hundred readers of one experiment cost what one costs. Thread-safe;
/// bounded by the number of streams.
/// </summary>
internal sealed class ScoreCache(ApiParts parts)
{
    private readonly ConcurrentDictionary<(string Experiment, ScoreQuery Query), (long At, Task<Answer<ScoreReport>> Score)> kept = new();

    public Task<Answer<ScoreReport>> Get(string experiment, ScoreQuery query)
    {
        var now = parts.Clock.GetTimestamp();
        if (kept.TryGetValue((experiment, query), out var found) && parts.Clock.GetElapsedTime(found.At, now) < parts.Options.StreamPeriod / 2)
        {
            return found.Score;
        }

        if (kept.Count > parts.Options.MaxStreams)
        {
            kept.Clear();
        }

        var score = parts.Experiments.Score(experiment, query, parts.Stopping).AsTask();
        kept[(experiment, query)] = (now, score);
        return score;
    }
}
