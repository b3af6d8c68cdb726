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
    public async Task What_made_stored_figures_cannot_change(string before, string after, string field)
    {
        await Define("price", Metric($$"""{"id":"revenue","kind":"value",{{before}}}"""));
        var changed = ExperimentDefinitionJson.Parse("price", System.Text.Encoding.UTF8.GetBytes(Metric($$"""{"id":"revenue","kind":"value",{{after}}}"""))).Value;

        var refusal = (await Bandstand.Put(changed, cancellationToken: Token)).Refusal!;

        Assert.Equal((RefusalKind.Conflict, "fixed-once-started"), (refusal.Kind, refusal.Code));
        Assert.Equal("$.metrics[0]." + field, refusal.Errors.Single().Path);
    }

    private static string Metric(string json) => $$"""{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{{json}}],"shards":4}""";
}
