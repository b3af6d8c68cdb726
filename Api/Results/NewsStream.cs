using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Statistics.Scoring;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>
/// One reader of an experiment's news: looks once a period and sends what has changed. Decisions carry an id
/// (generation-number), so that a reader who comes back with <c>Last-Event-ID</c> misses none.
/// </summary>
internal sealed class NewsStream(ApiParts parts, ScoreCache scores, HttpContext context, ScoreQuery query)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    private readonly string id = Paths.Id(context);
    private long generation;
    private long decision;
    private byte[] counts = [];
    private (int Epoch, ExperimentStatus Status) seen;
    private long spokeAt;

    public async Task Run(CancellationToken ending)
    {
        var first = await Look(ending);
        if (first.IsRefused)
        {
            await Problems.Write(context, first.Refusal);
            return;
        }

        generation = first.Value.View.Generation;
        decision = ResumeFrom(context.Request.Headers["Last-Event-ID"].ToString()) ?? await LastDecision(ending);
        var headers = context.Response.Headers;
        headers.ContentType = "text/event-stream";
        headers.CacheControl = "no-store";
        headers["X-Accel-Buffering"] = "no";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        Write("retry: 2000\n\n"u8);
        var news = first;
        while (!news.IsRefused)
        {
            await Tell(news.Value.View, news.Value.Score, ending);
            await Task.Delay(parts.Options.StreamPeriod, parts.Clock, ending);
            news = await Look(ending);
        }
    }

    private async Task<Answer<(ExperimentView View, ScoreReport Score)>> Look(CancellationToken ending)
    {
        var view = await parts.Experiments.Get(id, ending);
        if (view.IsRefused)
        {
            return view.Refusal;
        }

        var score = await scores.Get(id, query).WaitAsync(ending);
        return score.IsRefused ? score.Refusal : (view.Value, score.Value);
    }

    private async Task Tell(ExperimentView view, ScoreReport score, CancellationToken ending)
    {
        if (view.Generation != generation)
        {
            generation = view.Generation;
            decision = 0;
        }

        if (CountsChanged(view, score))
        {
            Event("counts"u8, counts);
            using var json = JsonOutput.Rent();
            ScoreJson.Write(json.Writer, score);
            Event("score"u8, json.Written);
        }

        await TellDecisions(ending);
        if (parts.Clock.GetElapsedTime(spokeAt) >= Quiet)
        {
            Write(": still here\n\n"u8);
        }

        await context.Response.BodyWriter.FlushAsync(ending);
    }

    private async Task TellDecisions(CancellationToken ending)
    {
        while (true)
        {
            var page = await parts.Experiments.Decisions(id, decision, Queries.MaxLimit, ending);
            if (page.IsRefused || page.Value.Items.Count == 0)
            {
                return;
            }

            foreach (var each in page.Value.Items)
            {
                decision = each.Number;
                using var json = JsonOutput.Rent();
                ExperimentJson.Write(json.Writer, each);
                Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {generation}-{decision}\n")));
                Event("decision"u8, json.Written);
            }
        }
    }

    /// <summary>Makes the counts anew and says whether they, the epoch or the status are others than before.</summary>
    private bool CountsChanged(ExperimentView view, ScoreReport score)
    {
        using var json = JsonOutput.Rent();
        Counts(json.Writer, view, score);
        var now = json.Written;
        if (now.SequenceEqual(counts) && seen == (view.Epoch, view.Status))
        {
            return false;
        }

        counts = now.ToArray();
        seen = (view.Epoch, view.Status);
        return true;
    }

    private static void Counts(Utf8JsonWriter writer, ExperimentView view, ScoreReport score)
    {
        writer.WriteStartObject();
        writer.WriteString("experiment"u8, view.Definition.Id);
        writer.WriteString("status"u8, ExperimentJson.Word(view.Status));
        writer.WriteNumber("epoch"u8, view.Epoch);
        writer.WriteString("metric"u8, score.Metric);
        writer.WriteNumber("participants"u8, score.Participants);
        writer.WriteObjects("alternatives"u8, score.Alternatives, static (writer, row) =>
        {
            writer.WriteString("alternative"u8, row.Alternative);
            writer.WriteNumber("participants"u8, row.Participants);
            writer.WriteNumber("converted"u8, row.Converted);
            writer.WriteMaybe("conversions"u8, row.Conversions);
            writer.WriteMaybe("mean"u8, row.Mean);
        });
        writer.WriteEndObject();
    }

    private void Event(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        Write("event: "u8);
        Write(name);
        Write("\ndata: "u8);
        Write(data);
        Write("\n\n"u8);
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        spokeAt = parts.Clock.GetTimestamp();
        context.Response.BodyWriter.Write(text);
    }

    /// <summary>The decision after which to go on, when the reader names one of this generation.</summary>
    private long? ResumeFrom(string lastEventId)
    {
        var dash = lastEventId.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && long.TryParse(lastEventId.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var of)
            && long.TryParse(lastEventId.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? of == generation ? number : 0
            : null;
    }

    private async Task<long> LastDecision(CancellationToken ending)
    {
        long last = 0;
        while (true)
        {
            var page = await parts.Experiments.Decisions(id, last, Queries.MaxLimit, ending);
            if (page.IsRefused || page.Value.Items.Count == 0)
            {
                return last;
            }

            last = page.Value.Items[^1].Number;
        }
    }
}
