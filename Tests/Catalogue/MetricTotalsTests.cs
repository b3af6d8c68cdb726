using System.Text;
using Bandstand.Catalogue;
using Bandstand.Events;
using Bandstand.Participants;

namespace Bandstand.Tests.Catalogue;

public class MetricTotalsTests
{
    private const long Noon = 1769860800000; // 2026-01-31T12:00:00Z
    private static readonly DateOnly Day = new(2026, 1, 31);
    private readonly EventRouter router = new();

    [Fact]
    public void Every_track_counts_in_its_day_whoever_participates()
    {
        var totals = new MetricTotals();

        Apply(totals, """
            {"metric":"sale","identity":"u1","value":2.5}
            {"metric":"sale","identity":"u2","value":4,"at":"2026-01-30T23:59:59Z"}
            {"metric":"visit","identity":"u1"}
            """);

        Assert.Equal([new MetricDay(Day.AddDays(-1), 1, 4), new MetricDay(Day, 1, 2.5)], totals.Values("sale", Day.AddDays(-1), Day));
        Assert.Equal(["sale", "visit"], totals.Known().Select(metric => metric.Key));
    }

    [Fact]
    public void A_batch_sent_again_and_an_id_seen_before_count_nothing()
    {
        var totals = new MetricTotals();
        const string Line = """{"metric":"sale","identity":"u1","id":"order-1"}""";

        Apply(totals, Line);
        Apply(totals, Line + "\n" + Line);
        Apply(totals, """{"metric":"sale","identity":"u1"}""", new ProducerSequence("web", 1));
        Apply(totals, """{"metric":"sale","identity":"u1"}""", new ProducerSequence("web", 1));

        Assert.Equal(2, totals.Values("sale", Day, Day)[0].Events);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_snapshot_and_the_entries_after_it_give_the_same_totals(int snapshotAfter)
    {
        var totals = new MetricTotals();
        var restored = new MetricTotals();
        restored.Begin();
        for (var batch = 0; batch < 5; batch++)
        {
            var entry = Apply(totals, $$"""
                {"metric":"m{{batch % 2}}","identity":"u1","value":{{batch}}}
                {"metric":"m0","identity":"u1","id":"order-{{batch % 3}}"}
                """, new ProducerSequence("web", batch));
            if (batch == snapshotAfter)
            {
                restored.Begin();
                foreach (var part in totals.Snapshot())
                {
                    restored.SnapshotPart(part.Span);
                }
            }
            else if (batch > snapshotAfter || snapshotAfter == 0)
            {
                restored.Entry(entry.Span);
            }
        }

        restored.End();
        Apply(restored, """{"metric":"m0","identity":"u1","id":"order-1"}""", new ProducerSequence("web", 3));

        Assert.Equal(totals.Values("m0", Day, Day), restored.Values("m0", Day, Day));
        Assert.Equal(totals.Values("m1", Day, Day), restored.Values("m1", Day, Day));
        Assert.Equal(totals.Known(), restored.Known());
    }

    private ReadOnlyMemory<byte> Apply(MetricTotals totals, string lines, ProducerSequence? producer = null)
    {
        router.Route(new EventBatch(Encoding.UTF8.GetBytes(lines), EventFormat.Lines, producer), EventRoutes.Empty, Noon);
        return totals.Apply(router.Tally, Noon);
    }
}
