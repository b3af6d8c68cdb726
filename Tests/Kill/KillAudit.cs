using System.Globalization;
using System.Text.Json;

namespace Bandstand.Tests.Kill;

/// <summary>Holds what a server has against what it had answered.</summary>
internal sealed class KillAudit(MortalHost server, Ledger ledger)
{
    private readonly List<string> wrong = [];

    /// <summary>Checks everything and tells all that is wrong at once.</summary>
    /// <param name="lastBatches">Batches that were acknowledged: sent again they count nothing.</param>
    /// <exception cref="InvalidOperationException">Something is wrong.</exception>
    public async Task Check(IEnumerable<EventLines> lastBatches)
    {
        foreach (var batch in lastBatches)
        {
            Equal($"accepted of batch {batch.Producer} sent again", 0, (await server.Post(batch)).GetProperty("accepted").GetInt64());
        }

        foreach (var experiment in KillRun.Experiments)
        {
            await CheckAnswers(experiment);
            await CheckScore(experiment, "signup", "bayes");
            await CheckScore(experiment, "revenue", "fixed");
            var epoch = (await server.Get($"/v1/experiments/{experiment}")).GetProperty("epoch").GetInt64();
            if (epoch < ledger.Epoch(experiment))
            {
                wrong.Add($"{experiment}: somebody was answered epoch {ledger.Epoch(experiment)}, and now it is {epoch}");
            }
        }

        await CheckTotals();
        if (wrong.Count > 0)
        {
            throw new InvalidOperationException($"{wrong.Count} figures are not what was acknowledged:\n" + string.Join('\n', wrong.Take(30)));
        }
    }

    private async Task CheckAnswers(string experiment)
    {
        var known = ledger.Answers.Where(answer => answer.Key.Experiment == experiment).Select(answer => (answer.Key.Identity, Alternative: answer.Value));
        foreach (var some in known.Chunk(5_000))
        {
            var answer = await server.Post($"/v1/experiments/{experiment}/assignments", $$"""{"identities":["{{string.Join("\",\"", some.Select(one => one.Identity))}}"],"record":false}""");
            foreach (var (one, now) in some.Zip(answer.GetProperty("assignments").EnumerateArray()))
            {
                if (now.GetProperty("reason").GetString() != "sticky" || now.GetProperty("alternative").GetString() != one.Alternative)
                {
                    wrong.Add($"{experiment}: {one.Identity} was answered \"{one.Alternative}\", and now {now}");
                }
            }
        }
    }

    private async Task CheckScore(string experiment, string metric, string method)
    {
        var score = await server.Get($"/v1/experiments/{experiment}/score?metric={metric}&method={method}");
        foreach (var row in score.GetProperty("alternatives").EnumerateArray())
        {
            var key = row.GetProperty("alternative").GetString()!;
            var people = ledger.Answers.Where(answer => answer.Key.Experiment == experiment && answer.Value == key).ToList();
            var tracked = people.Select(person => ledger.Tracks.GetValueOrDefault((metric, person.Key.Identity))).Where(track => track.Events > 0).ToList();
            var where = $"{experiment} {key} {metric}:";
            Equal($"{where} participants", people.Count, row.GetProperty("participants").GetInt64());
            Equal($"{where} converted", tracked.Count, row.GetProperty("converted").GetInt64());
            if (metric == "signup")
            {
                Equal($"{where} conversions", tracked.Sum(track => track.Events), row.GetProperty("conversions").GetInt64());
            }
            else if (people.Count > 0)
            {
                Near($"{where} total", tracked.Sum(track => track.Sum), row.GetProperty("mean").GetDouble() * people.Count);
            }
        }
    }

    private async Task CheckTotals()
    {
        foreach (var metric in ledger.Totals.Keys.Select(key => key.Metric).Distinct())
        {
            var (past, today) = (new DateOnly(2026, 1, 1), DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
            var days = await Days(metric, past, today.AddDays(1));

            // Tracks of "now" may fall on two days when the run goes past midnight.
            var isNow = ledger.Totals.ContainsKey((metric, null));
            foreach (var (day, expected) in ledger.Totals.Where(total => total.Key.Metric == metric).Select(total => (total.Key.Day, total.Value)))
            {
                var found = isNow ? days : days.Where(one => one.Day == day);
                Equal($"{metric} events on {(day is null ? "all days" : $"{day:yyyy-MM-dd}")}", expected.Events, found.Sum(one => one.Events));
                Near($"{metric} total on {(day is null ? "all days" : $"{day:yyyy-MM-dd}")}", expected.Sum, found.Sum(one => one.Total));
            }
        }
    }

    private async Task<List<(DateOnly Day, long Events, double Total)>> Days(string metric, DateOnly from, DateOnly to)
    {
        var values = await server.Get($"/v1/metrics/{metric}/values?from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}");
        return [.. values.GetProperty("days").EnumerateArray().Select(day => (
            DateOnly.ParseExact(day.GetProperty("day").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            day.GetProperty("events").GetInt64(),
            day.GetProperty("total").ValueKind == JsonValueKind.Number ? day.GetProperty("total").GetDouble() : double.NaN))];
    }

    private void Equal(string what, long expected, long found)
    {
        if (expected != found)
        {
            wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {expected} acknowledged, {found} found"));
        }
    }

    private void Near(string what, double expected, double found)
    {
        if (!(Math.Abs(expected - found) <= 1e-9 * Math.Max(1, Math.Abs(expected))))
        {
            wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {expected} acknowledged, {found} found"));
        }
    }
}
