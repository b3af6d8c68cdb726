using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Tests.Conformance;

public abstract partial class ExperimentsConformance
{
    [Fact]
    public async Task A_participant_converts_once_and_every_conversion_is_counted()
    {
        await Define("price");
        await Assign("price", "u1");
        await Assign("price", "u2");

        await Track("signup", "u1");
        await Track("signup", "u1");

        Assert.Equal((2, 1, 2), await Totals("price"));
    }

    [Fact]
    public async Task Who_does_not_participate_is_ignored_and_so_is_an_unknown_metric()
    {
        await Define("price");
        await Assign("price", "u1");

        var receipt = await Send("""
            {"metric":"signup","identity":"stranger"}
            {"metric":"nobody-has-it","identity":"u1"}
            {"metric":"signup","identity":"u1"}
            """);

        Assert.Equal((1, 2, 0), (receipt.Accepted, receipt.Ignored, receipt.RejectedCount));
        Assert.Equal((1, 1, 1), await Totals("price"));
    }

    [Fact]
    public async Task What_happened_before_the_assignment_is_no_conversion()
    {
        await Define("price");
        await Assign("price", "u1");

        var receipt = await Send("""{"metric":"signup","identity":"u1","at":"2026-01-31T09:59:59Z"}""");

        Assert.Equal(1, receipt.Ignored);
        Assert.Equal((1, 0, 0), await Totals("price"));
    }

    [Fact]
    public async Task A_bad_line_is_rejected_alone()
    {
        await Define("price");
        await Assign("price", "u1");

        var receipt = await Send("""
            {"metric":"signup","identity":"u1"}
            {"metric":"signup"}
            {"metric":"signup","identity":"u1","at":"2026-01-31T10:06:00Z"}
            """);

        Assert.Equal((1, 2), (receipt.Accepted, receipt.RejectedCount));
        Assert.Equal([(2, "missing-field"), (3, "in-the-future")], receipt.Rejected.Select(r => ((int)r.Line, r.Code)));
    }

    [Fact]
    public async Task A_batch_sent_again_counts_nothing_twice()
    {
        await Define("price");
        await AssignAll("price", 20);
        var lines = string.Join('\n', Enumerable.Range(0, 20).Select(n => $$"""{"metric":"signup","identity":"u{{n}}"}"""));

        var first = await Send(lines, new ProducerSequence("web", 7));
        var again = await Send(lines, new ProducerSequence("web", 7));
        var other = await Send(lines, new ProducerSequence("app", 7));

        Assert.Equal((20, 0), (first.Accepted, first.Duplicates));
        Assert.Equal((0, 20), (again.Accepted, again.Duplicates));
        Assert.Equal(20, other.Accepted);
        Assert.Equal((20, 20, 40), await Totals("price"));
    }

    [Fact]
    public async Task A_sequence_too_far_behind_is_refused_and_changes_nothing()
    {
        await Define("price");
        await Assign("price", "u1");
        await Send("""{"metric":"signup","identity":"u1"}""", new ProducerSequence("web", 5000));

        var answer = await Bandstand.Ingest(new EventBatch("""{"metric":"signup","identity":"u1"}"""u8.ToArray(), EventFormat.Lines, new ProducerSequence("web", 3976)), Token);

        Assert.Equal("sequence-too-old", answer.Refusal?.Code);
        Assert.Equal((1, 1, 1), await Totals("price"));
        Assert.Equal(1, (await Send("""{"metric":"signup","identity":"u1"}""", new ProducerSequence("web", 3977))).Accepted);
    }

    [Fact]
    public async Task An_event_with_the_same_id_counts_once()
    {
        await Define("price");
        await Assign("price", "u1");

        var first = await Send("""{"metric":"signup","identity":"u1","id":"order-1"}""");
        var again = await Send("""{"metric":"signup","identity":"u1","id":"order-1"}""");

        Assert.Equal((1, 1), (first.Accepted, again.Duplicates));
        Assert.Equal((1, 1, 1), await Totals("price"));
    }

    [Fact]
    public async Task An_exposure_fixes_what_was_shown_whatever_the_hash_says()
    {
        await Define("price");
        var hash = await Assign("price", "u1", record: false);
        var shown = hash.Alternative == "a" ? "b" : "a";

        var first = await Send($$"""{"type":"exposure","experiment":"price","identity":"u1","alternative":"{{shown}}"}""");
        var other = await Send($$"""{"type":"exposure","experiment":"price","identity":"u1","alternative":"{{hash.Alternative}}"}""");

        Assert.Equal(1, first.Accepted);
        Assert.Equal(shown, (await Assign("price", "u1")).Alternative);
        Assert.Equal(0, other.RejectedCount);
        Assert.Equal(1, (await Totals("price")).Participants);
    }

    [Fact]
    public async Task Conflicting_exposures_held_events_and_forced_identities_are_counted_in_the_health()
    {
        await Define("price");
        foreach (var identity in new[] { "u1", "u2", "u3" })
        {
            await Send($$"""{"type":"exposure","experiment":"price","identity":"{{identity}}","alternative":"a"}""");
        }

        await Send("""
            {"type":"exposure","experiment":"price","identity":"u1","alternative":"b"}
            {"type":"exposure","experiment":"price","identity":"u2","alternative":"b"}
            {"type":"exposure","experiment":"price","identity":"u3","alternative":"a"}
            {"metric":"signup","identity":"u4","id":"e1"}
            {"metric":"signup","identity":"u5"}
            """);
        await Bandstand.Force("price", "u6", "b", Token);

        var health = (await Bandstand.Health("price", Token)).Value;

        Assert.Equal((2, 2, 2, 0), (health.Conflicts, health.Held, health.HeldEver, health.HeldDropped));
        Assert.Equal((1, 1), (health.Forced, health.Ids));
        Assert.Equal("experiment-not-found", (await Bandstand.Health("nowhere", Token)).Refusal?.Code);
        await Do("price", new ExperimentCommand.Reset(null));
        Assert.Equal(default, (await Bandstand.Health("price", Token)).Value);
    }

    [Fact]
    public async Task A_conversion_that_overtakes_its_exposure_counts_when_the_exposure_arrives()
    {
        await Define("price");

        var early = await Send("""{"metric":"signup","identity":"u1","at":"2026-01-31T09:59:50Z"}""");
        await Send("""{"type":"exposure","experiment":"price","identity":"u1","alternative":"b","at":"2026-01-31T09:59:40Z"}""");

        Assert.Equal(1, early.Ignored);
        Assert.Equal((1, 1, 1), await Totals("price"));
    }

    [Fact]
    public async Task A_held_conversion_is_forgotten_after_ten_minutes()
    {
        await Define("price");
        await Send("""{"metric":"signup","identity":"u1","at":"2026-01-31T09:59:50Z"}""");

        await Pass(TimeSpan.FromMinutes(11));
        await Send("""{"type":"exposure","experiment":"price","identity":"u1","alternative":"b","at":"2026-01-31T09:59:40Z"}""");

        Assert.Equal((1, 0, 0), await Totals("price"));
    }

    [Fact]
    public async Task Value_metrics_are_totals_of_people()
    {
        await Define("price", """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"revenue","kind":"value"}]}""");
        await Assign("price", "u1");
        await Assign("price", "u2");

        await Track("revenue", "u1", 10);
        await Track("revenue", "u1", 5.5);

        var rows = (await Score("price", "revenue", "fixed")).Alternatives;
        Assert.Equal(15.5, rows.Sum(row => (row.Mean ?? 0) * row.Participants), 12);
        Assert.Equal((2, 1, 2), await Totals("price", "revenue"));
    }

    [Theory]
    [InlineData("conversion", -1)]
    [InlineData("count", 1.5)]
    public async Task A_value_that_its_metric_cannot_have_is_rejected(string kind, double value)
    {
        await Define("price", $$"""{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"m","kind":"{{kind}}"}]}""");
        await Assign("price", "u1");

        Assert.Equal("invalid-value", (await Track("m", "u1", value)).Rejected.Single().Code);
    }

    [Fact]
    public async Task One_event_feeds_every_experiment_with_the_metric()
    {
        await Define("price");
        await Define("colour");
        await Assign("price", "u1");
        await Assign("colour", "u1");

        var receipt = await Track("signup", "u1");

        Assert.Equal(1, receipt.Accepted);
        Assert.Equal((1, 1, 1), await Totals("price"));
        Assert.Equal((1, 1, 1), await Totals("colour"));
    }

    [Fact]
    public async Task A_metric_keeps_its_daily_totals_whoever_participates()
    {
        await Define("price");

        await Track("signup", "stranger", 3);
        await Send("""{"metric":"signup","identity":"u1","at":"2026-01-30T23:00:00Z"}""");
        await Track("elsewhere", "u1");

        var days = (await Bandstand.MetricValues("signup", new DateOnly(2026, 1, 29), new DateOnly(2026, 1, 31), Token)).Value;
        Assert.Equal([(29, 0L, 0.0), (30, 1L, 1.0), (31, 1L, 3.0)], days.Select(day => (day.Day.Day, day.Events, day.Total)));
        Assert.Equal(["elsewhere", "signup"], (await Bandstand.Metrics(null, 10, Token)).Value.Items.Select(metric => metric.Id));
    }

    [Fact]
    public async Task History_tells_what_happened_when()
    {
        await Define("price");
        await Assign("price", "u1");
        await Pass(TimeSpan.FromHours(25));
        await Assign("price", "u2");
        await Track("signup", "u1");

        var days = (await Bandstand.History("price", HistoryUnit.Day, Token)).Value.Points;
        var hours = (await Bandstand.History("price", HistoryUnit.Hour, Token)).Value.Points;

        Assert.Equal(2, days.Sum(point => point.Participants));
        Assert.Equal([31, 1], days.Select(point => point.From.Day).Distinct());
        Assert.Equal(1, days.Where(point => point.From.Day == 1).SelectMany(point => point.Metrics).Sum(metric => metric.Converted));
        Assert.Equal([10, 11], hours.Select(point => point.From.Hour).Distinct());
    }

    [Fact]
    public async Task Reset_begins_again_with_nobody()
    {
        var before = await Define("price");
        await AssignAll("price", 30);

        var after = await Do("price", new ExperimentCommand.Reset(null));

        Assert.True(after.Generation > before.Generation);
        Assert.Equal((0, 0, 0), await Totals("price"));
        Assert.True((await Assign("price", "u1")).New);
    }

    [Fact]
    public async Task What_was_deleted_is_gone_and_its_successor_is_another_generation()
    {
        var before = await Define("price");
        await Assign("price", "u1");

        await Do("price", new ExperimentCommand.Delete());

        Assert.Equal("experiment-not-found", (await Bandstand.Get("price", Token)).Refusal?.Code);
        Assert.Empty((await Bandstand.List(null, 10, Token)).Value.Items);
        Assert.Equal(1, (await Track("signup", "u1")).Ignored);
        var successor = await Define("price");
        Assert.True(successor.Generation > before.Generation);
        Assert.Equal(0, (await Totals("price")).Participants);
    }
}
