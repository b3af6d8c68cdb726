using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Ports;

namespace Bandstand.Tests.Conformance;

public abstract partial class ExperimentsConformance
{
    [Fact]
    public async Task A_total_counts_as_no_more_than_its_cap()
    {
        await Define("price", Metric("""{"id":"revenue","kind":"value","cap":10}"""));
        await Assign("price", "u1");
        await Assign("price", "u2");

        await Track("revenue", "u1", 8);
        await Track("revenue", "u1", 8);
        await Track("revenue", "u2", 4);
        await Track("revenue", "u1", -9);
        await Track("revenue", "u1", 100);

        var rows = (await Score("price", "revenue", "fixed")).Alternatives;
        Assert.Equal(14, rows.Sum(row => (row.Mean ?? 0) * row.Participants), 12);
        Assert.Equal((2, 2, 5), await Totals("price", "revenue"));
        var day = (await Bandstand.MetricValues("revenue", new DateOnly(2026, 1, 31), new DateOnly(2026, 1, 31), Token)).Value.Single();
        Assert.Equal((5, 111.0), (day.Events, day.Total));
        Assert.Equal([KeyValuePair.Create("revenue", 107.0)], (await Bandstand.Participant("u1", Token)).Value.Experiments.Single().Totals);
    }

    [Theory]
    [InlineData("\"cap\":10", "\"cap\":20", "cap")]
    [InlineData("\"goal\":\"increase\"", "\"cap\":20", "cap")]
    [InlineData("\"window\":\"P7D\"", "\"window\":\"P1W\",\"cap\":1", "cap")]
    [InlineData("\"window\":\"P7D\"", "\"window\":\"P8D\"", "window")]
    public async Task What_made_stored_figures_cannot_change(string before, string after, string field)
    {
        await Define("price", Metric($$"""{"id":"revenue","kind":"value",{{before}}}"""));
        var changed = ExperimentDefinitionJson.Parse("price", System.Text.Encoding.UTF8.GetBytes(Metric($$"""{"id":"revenue","kind":"value",{{after}}}"""))).Value;

        var refusal = (await Bandstand.Put(changed, cancellationToken: Token)).Refusal!;

        Assert.Equal((RefusalKind.Conflict, "fixed-once-started"), (refusal.Kind, refusal.Code));
        Assert.Equal("$.metrics[0]." + field, refusal.Errors.Single().Path);
    }

    [Fact]
    public async Task Only_events_within_the_window_of_their_participant_count()
    {
        await Define("price", Metric("""{"id":"signup","window":"PT1H"}"""));
        await Assign("price", "u1");
        await Pass(TimeSpan.FromMinutes(59));
        await Assign("price", "u2");
        await Track("signup", "u1");
        await Pass(TimeSpan.FromMinutes(1));

        var late = await Track("signup", "u1");
        var inTime = await Track("signup", "u2");
        var arrivedLate = await Send("""{"metric":"signup","identity":"u1","at":"2026-01-31T10:59:59Z"}""");

        Assert.Equal((0, 1), (late.Accepted, late.Ignored));
        Assert.Equal((1, 1), (inTime.Accepted, arrivedLate.Accepted));
        Assert.Equal((2, 2, 3), await Totals("price"));
    }

    [Fact]
    public async Task Who_may_still_convert_is_counted_but_not_judged()
    {
        await Define("price", Metric("""{"id":"signup","window":"PT1H"}"""));
        await AssignAll("price", 40);
        foreach (var number in Enumerable.Range(0, 20))
        {
            await Track("signup", $"u{number}");
        }

        var open = await Score("price", method: "sequential");
        await Pass(TimeSpan.FromMinutes(62));
        await AssignAll("price", 60, "late");
        var closed = await Score("price", method: "sequential");

        Assert.Equal((40, 20L), (open.Participants, open.Alternatives.Sum(row => row.Converted)));
        Assert.All(open.Alternatives, row => Assert.Equal(((double)row.Converted / row.Participants, 0L), (row.Rate, row.Mature!.Participants)));
        Assert.Contains("windows-open", open.Missing.Select(reason => reason.Code));
        Assert.Equal("windows-open", open.Alternatives[1].Unavailable.Single(field => field.Field == "pValue").Code);
        Assert.Equal((100, 40L, 20L), (closed.Participants, closed.Alternatives.Sum(row => row.Mature!.Participants), closed.Alternatives.Sum(row => row.Mature!.Converted)));
        Assert.NotNull(closed.Alternatives[1].PValue);
        Assert.Contains(closed.Missing, reason => reason.Code == "windows-open" && reason.Detail.Contains("Of 100 participants the windows of 40", StringComparison.Ordinal));
        Assert.False(closed.SampleRatio.Mismatch);
    }

    [Fact]
    public async Task A_bandit_learns_from_closed_windows_only()
    {
        await Define("price", """
            {"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","window":"PT1H"}],"shards":4,
             "allocation":{"policy":"bandit","every":{"assignments":100},"burnIn":20}}
            """);
        foreach (var number in Enumerable.Range(0, 150))
        {
            if ((await Assign("price", $"u{number}")).Alternative == "b")
            {
                await Track("signup", $"u{number}");
            }
        }

        Assert.Equal(0, (await Bandstand.Get("price", Token)).Value.Epoch);
        await Pass(TimeSpan.FromMinutes(62));
        await AssignAll("price", 50, "more");

        var view = (await Bandstand.Get("price", Token)).Value;
        Assert.Equal((1, 9_900), (view.Epoch, view.Weights.Single(weight => weight.Key == "b").Value));
        var decision = (await Bandstand.Decisions("price", 0, 10, Token)).Value.Items[^1];
        Assert.Equal(150, decision.Figures!.Sum(figure => figure.Participants));
    }

    [Fact]
    public async Task Completion_waits_for_windows_to_close()
    {
        await Define("price", """
            {"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","window":"PT1H"}],"shards":4,
             "completeWhen":{"participants":30,"perAlternative":5}}
            """);
        await AssignAll("price", 40);
        await Pass(TimeSpan.FromMinutes(30));
        Assert.Equal(ExperimentStatus.Running, (await Bandstand.Get("price", Token)).Value.Status);

        await Pass(TimeSpan.FromMinutes(35));

        Assert.Equal(ExperimentStatus.Completed, (await Bandstand.Get("price", Token)).Value.Status);
    }

    [Fact]
    public async Task A_covariate_is_fixed_at_the_assignment_and_adjusts_the_score()
    {
        await Define("price", Metric("""{"id":"revenue","kind":"value","covariate":"spend30d"}"""));
        await Send("""{"metric":"spend30d","identity":"u1","value":4,"at":"2026-01-31T09:59:00Z"}""");
        await Send("""{"metric":"spend30d","identity":"u1","value":3,"at":"2026-01-31T09:59:30Z"}""");
        await Assign("price", "u1");
        await Send("""{"metric":"spend30d","identity":"u1","value":50,"at":"2026-01-31T09:59:59Z"}""");
        await Bandstand.Assign("price", With("u2", """{"spend30d":12.5}"""), Token);
        await Bandstand.Assign("price", With("u2", """{"spend30d":99}"""), Token);
        await Bandstand.Assign("price", With("u3", """{"spend30d":"unknown"}"""), Token);
        await Bandstand.AssignMany("price", [.. Enumerable.Range(0, 200).Select(n => With($"x{n}", $$"""{"spend30d":{{n % 50}}}"""))], Token);
        await Send(string.Join('\n', Enumerable.Range(0, 200).Select(n => $$"""{"metric":"revenue","identity":"x{{n}}","value":{{(n % 50) + (n % 7)}}}""")));

        Assert.Equal([KeyValuePair.Create("spend30d", 7.0)], (await Bandstand.Participant("u1", Token)).Value.Experiments.Single().Covariates);
        Assert.Equal([KeyValuePair.Create("spend30d", 12.5)], (await Bandstand.Participant("u2", Token)).Value.Experiments.Single().Covariates);
        Assert.Empty((await Bandstand.Participant("u3", Token)).Value.Experiments.Single().Covariates);
        var score = await Score("price", "revenue", "fixed");
        Assert.Equal(("spend30d", 202.0 / 203), (score.Adjustment!.Covariate, score.Adjustment.Coverage!.Value));
        Assert.InRange(score.Adjustment.Theta!.Value, 0.9, 1.1);
        Assert.InRange(score.Alternatives[1].Adjusted!.VarianceReduction!.Value, 0.9, 1);
        Assert.Null((await Score("price", "revenue", "bayes")).Adjustment);
    }

    [Fact]
    public async Task A_ratio_is_of_sums_and_its_events_need_no_metric_of_their_own()
    {
        await Define("price", Metric("""{"id":"aov","kind":"ratio","numerator":"revenue","denominator":"order"}"""));
        await AssignAll("price", 400);
        await Assign("price", "nothing");

        var receipt = await Send(string.Join('\n', Enumerable.Range(0, 400).SelectMany(n => new[]
        {
            $$"""{"metric":"order","identity":"u{{n}}","value":{{1 + (n % 3)}}}""",
            $$"""{"metric":"revenue","identity":"u{{n}}","value":{{(10 * (1 + (n % 3))) + (n % 7)}}}""",
        })));

        Assert.Equal((800, 0, 0), (receipt.Accepted, receipt.Ignored, receipt.RejectedCount));
        Assert.Equal((401, 400, 400), await Totals("price", "aov"));
        var rows = (await Score("price", "aov", "fixed")).Alternatives;
        var people = await Task.WhenAll(Enumerable.Range(0, 400).Select(async n => (Arm: (await Assign("price", $"u{n}")).Alternative, X: 1 + (n % 3), Y: (10 * (1 + (n % 3))) + (n % 7))));
        Assert.All(rows, row => Assert.Equal(people.Where(p => p.Arm == row.Alternative).Sum(p => p.Y) / (double)people.Where(p => p.Arm == row.Alternative).Sum(p => p.X), row.Mean!.Value, 1e-12));
        Assert.All(rows, row => Assert.NotNull(row.StdDev));
        Assert.InRange(rows[1].PValue!.Value, 0.001, 1);
        Assert.NotNull((await Score("price", "aov", "bayes")).Alternatives[1].ProbabilityBest);
        Assert.Equal("few-participants", (await Score("price", "aov", "sequential")).Alternatives[1].Unavailable.Single(u => u.Field == "pValue").Code);
        Assert.Equal(
            [KeyValuePair.Create("aov", 26.0), KeyValuePair.Create("aov.denominator", 2.0)],
            (await Bandstand.Participant("u13", Token)).Value.Experiments.Single().Totals);
    }

    [Fact]
    public async Task Retention_is_who_came_back_after_the_first_time_within_the_window()
    {
        await Define("price", Metric("""{"id":"back","kind":"retention","numerator":"visit","denominator":"signup","window":"PT1H"}"""));
        await AssignAll("price", 5);
        await Send("""{"metric":"visit","identity":"u0"}""");
        await Pass(TimeSpan.FromMinutes(1));
        await Send(string.Join('\n', Enumerable.Range(0, 4).Select(n => $$"""{"metric":"signup","identity":"u{{n}}"}""")));
        await Send("""{"metric":"visit","identity":"u1"}""");
        await Pass(TimeSpan.FromMinutes(1));
        await Send("""{"metric":"visit","identity":"u2"}""");
        await Send("""{"metric":"visit","identity":"u4"}""");
        await Pass(TimeSpan.FromMinutes(60));
        var late = await Send("""{"metric":"visit","identity":"u3"}""");

        // Before, at the same time, after, too late, never signed up.
        Assert.Equal(1, late.Ignored);
        Assert.Equal((5, 1, 1), await Totals("price", "back"));
        var totals = await Task.WhenAll(Enumerable.Range(0, 5).Select(async n => (await Bandstand.Participant($"u{n}", Token)).Value.Experiments.Single().Totals.ToDictionary(t => t.Key, t => t.Value)));
        Assert.Equal([(0, 1), (0, 1), (1, 1), (0, 1), (0, 0)], totals.Select(t => (t["back"], t["back.denominator"])));
        var rows = (await Score("price", "back", "fixed")).Alternatives;
        Assert.All(rows, row => Assert.True(row.Mature is not null && row.PValue is null));
        Assert.Equal(1, rows.Max(row => row.Mean is { } mean && mean > 0 ? row.Converted : 0));
    }

    [Fact]
    public async Task Without_anything_below_the_line_a_ratio_is_null_with_a_reason()
    {
        await Define("price", Metric("""{"id":"aov","kind":"ratio","numerator":"revenue","denominator":"order"}"""));
        await AssignAll("price", 200);

        var report = await Score("price", "aov", "sequential");

        Assert.Equal((200, 200L), (report.Participants, report.Alternatives.Sum(row => row.Participants)));
        Assert.All(report.Alternatives, row => Assert.Equal((null, "no-denominator"), (row.Mean, row.Unavailable.Single(u => u.Field == "mean").Code)));
        Assert.NotNull(report.SampleRatio.PValue);
        Assert.Contains("no-denominator", report.Missing.Select(reason => reason.Code));
    }

    private static AssignmentRequest With(string identity, string attributes) => new(identity, System.Text.Json.JsonDocument.Parse(attributes).RootElement);

    private static string Metric(string json) => $$"""{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{{json}}],"shards":4}""";
}
