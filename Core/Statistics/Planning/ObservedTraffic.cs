using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics.Planning;

/// <summary>What a running experiment says about the figures that a plan needs. Immutable.</summary>
/// <param name="Alternatives">Keys of the open alternatives, the control's first.</param>
/// <param name="Weights">Their present weights in the same order.</param>
/// <param name="Kind">The metric's kind.</param>
/// <param name="Goal">Which direction is better.</param>
/// <param name="Method">The definition's method where that has a power, else the default.</param>
/// <param name="Alpha">1 − confidence.</param>
/// <param name="Baseline">The control's rate or mean, or null: nothing measured yet.</param>
/// <param name="StandardDeviation">Of participants' totals within alternatives, or null.</param>
/// <param name="EventShare">The share of participants with an event, or null.</param>
/// <param name="Participants">Participants now.</param>
/// <param name="PerDay">New participants a day, over the last days; null when there were none.</param>
public sealed record ObservedTraffic(
    IReadOnlyList<string> Alternatives,
    IReadOnlyList<double> Weights,
    MetricKind Kind,
    MetricGoal Goal,
    ScoreMethod Method,
    double Alpha,
    double? Baseline,
    double? StandardDeviation,
    double? EventShare,
    long Participants,
    double? PerDay)
{
    /// <summary>The most whole days that traffic is averaged over.</summary>
    public const int MostDays = 7;

    /// <summary>Reads the figures of an experiment.</summary>
    /// <param name="view">The experiment.</param>
    /// <param name="score">Its score by the metric.</param>
    /// <param name="history">Its history by hour.</param>
    /// <param name="now">The time.</param>
    public static ObservedTraffic Of(ExperimentView view, ScoreReport score, HistoryView history, DateTimeOffset now)
    {
        var definition = view.Definition;
        var open = view.Weights.Where(w => w.Value > 0 && definition.Alternatives.Any(a => a.Key == w.Key)).ToList();
        if (!open.Any(w => w.Key == definition.Control))
        {
            open.Add(KeyValuePair.Create(definition.Control, open.Count == 0 ? 1 : open.Min(w => w.Value)));
        }

        open = [.. open.OrderBy(w => w.Key == definition.Control ? 0 : 1)];
        var rows = score.Alternatives;
        var control = rows.First(r => r.Alternative == definition.Control);
        var participants = rows.Sum(r => r.Participants);
        var spread = rows.Where(r => r.StdDev is not null && r.Participants > 1).ToList();
        var freedom = spread.Sum(r => r.Participants - 1.0);
        var converted = rows.Sum(r => r.Converted);
        return new ObservedTraffic(
            [.. open.Select(w => w.Key)],
            [.. open.Select(w => (double)w.Value)],
            score.Kind,
            score.Goal,
            ScoreMethods.TryParse(definition.Scoring.Method, out var method) && method == ScoreMethod.Fixed ? method : ScoreMethod.Sequential,
            1 - definition.Scoring.Confidence,
            control.Participants == 0 ? null : score.Kind == MetricKind.Conversion ? control.Rate : control.Mean,
            freedom > 0 ? Math.Sqrt(spread.Sum(r => (r.Participants - 1.0) * r.StdDev!.Value * r.StdDev.Value) / freedom) : null,
            participants > 0 && converted > 0 ? (double)converted / participants : null,
            participants,
            Daily(history, view.StartedAt, now));
    }

    /// <summary>New participants a day over the last whole days since the start, up to seven; within the first day by what there was of it.</summary>
    private static double? Daily(HistoryView history, DateTimeOffset? startedAt, DateTimeOffset now)
    {
        if (startedAt is not { } start || now - start < TimeSpan.FromMinutes(1))
        {
            return null;
        }

        var running = now - start;
        var span = running < TimeSpan.FromDays(1) ? running : TimeSpan.FromDays(Math.Min(MostDays, Math.Floor(running.TotalDays)));
        var hour = TimeSpan.FromHours(1);
        var from = now - span;
        var came = history.Points.Sum(p =>
        {
            // Of an hour that lies only partly in the span, that part.
            var inside = (p.From + hour < now ? p.From + hour : now) - (p.From > from ? p.From : from);
            var whole = (p.From + hour < now ? p.From + hour : now) - (p.From > start ? p.From : start);
            return inside <= TimeSpan.Zero || whole <= TimeSpan.Zero ? 0 : p.Participants * Math.Min(1, inside / whole);
        });
        return came > 0 ? came / span.TotalDays : null;
    }
}
