using System.Text;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Tests.Events;

public class EventRouterTests
{
    private const long Now = 1769860800000;

    [Fact]
    public void Events_go_to_the_shard_of_their_identity_in_every_experiment_that_has_the_metric()
    {
        var router = Route("""
            {"metric":"signup","identity":"u1"}
            {"metric":"signup","identity":"u2"}
            {"metric":"sale","identity":"u1"}
            {"metric":"unknown","identity":"u1"}
            """);

        Assert.Equal(5, router.Legs.Sum(leg => leg.Count)); // signup feeds two experiments, sale one
        Assert.All(router.Legs, leg => Assert.InRange(leg.Shard, 0, Targets[leg.Target].Shards - 1));
    }

    [Fact]
    public void The_receipt_counts_each_event_once_and_the_strongest_answer_wins()
    {
        var router = Route("""
            {"metric":"signup","identity":"u1"}
            {"metric":"signup","identity":"u2"}
            not an event
            """);

        foreach (var leg in router.Legs)
        {
            // The first experiment ignores everybody, the second counts everybody.
            router.Answered(leg, Enumerable.Repeat(leg.Target == 0 ? EventVerdict.Ignored : EventVerdict.Counted, leg.Count).ToArray());
        }

        var receipt = router.Receipt();
        Assert.Equal((2, 0, 0, 1), (receipt.Accepted, receipt.Duplicates, receipt.Ignored, receipt.RejectedCount));
        Assert.Equal(3, receipt.Rejected.Single().Line);
    }

    [Theory]
    [InlineData("1e141")]
    [InlineData("-1e141")]
    public void A_number_that_no_participant_can_take_does_not_reach_the_daily_total(string value)
    {
        var router = Route($$"""
            {"metric":"sale","identity":"u1","value":2}
            {"metric":"sale","identity":"u1","value":{{value}}}
            {"metric":"nobody-has-it","identity":"u1","value":{{value}}}
            """);

        Assert.Equal([(2, "out-of-range"), (3, "out-of-range")], router.Receipt().Rejected.Select(r => ((int)r.Line, r.Code)));
        Assert.Equal((1, 2.0), (router.Tally.Sums.Single().Events, router.Tally.Sums.Single().Total));
    }

    [Fact]
    public void A_router_is_as_good_as_new_when_used_again()
    {
        var router = Route("""{"metric":"signup","identity":"u1"}""");
        router.Route(Batch("""{"metric":"sale","identity":"u9"}"""), Routes, Now);

        Assert.Equal(1, router.Legs.Single().Count);
        Assert.Equal(0, router.Receipt().Accepted);
    }

    [Fact]
    public void Line_numbers_go_on_where_the_piece_before_ended()
    {
        var router = new EventRouter();
        router.Route(Batch("\n\nbroken\r\n") with { FirstLine = 11 }, Routes, Now);

        Assert.Equal(13, router.Receipt().Rejected.Single().Line);
    }

    [Fact]
    public void An_array_is_read_as_lines_are_and_a_broken_one_applies_nothing()
    {
        var router = new EventRouter();
        var good = router.Route(Batch("""[{"metric":"sale","identity":"u1"}, 7, {"metric":"sale"}]""") with { Format = EventFormat.Array }, Routes, Now);
        var receipt = router.Receipt();
        var broken = router.Route(Batch("""[{"metric":"sale","identity":"u1"}""") with { Format = EventFormat.Array }, Routes, Now);

        Assert.False(good.IsRefused);
        Assert.Equal([2L, 3L], receipt.Rejected.Select(r => r.Line));
        Assert.Equal("malformed", broken.Refusal?.Code);
    }

    [Theory]
    [InlineData("web/7", "web", 7)]
    [InlineData("a/b/0", "a/b", 0)]
    public void A_producer_is_a_name_and_a_sequence(string text, string name, long sequence)
    {
        Assert.Equal(new ProducerSequence(name, sequence), ProducerSequence.Parse(text).Value);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("/7")]
    [InlineData("web/-1")]
    [InlineData("web/1.5")]
    [InlineData("web/99999999999999999999")]
    public void Anything_else_is_no_producer(string text)
    {
        Assert.Equal("invalid-producer", ProducerSequence.Parse(text).Refusal?.Code);
    }

    private static readonly RouteTarget[] Targets =
    [
        new("price", 1, new SipKey(1, 2), 4, true, [new MetricSlot("signup", MetricKind.Conversion), new MetricSlot("sale", MetricKind.Value)], ["a", "b"], false),
        new("colour", 1, new SipKey(3, 4), 2, true, [new MetricSlot("signup", MetricKind.Conversion)], ["a", "b"], false),
        new("paused", 1, new SipKey(5, 6), 2, false, [new MetricSlot("signup", MetricKind.Conversion)], ["a", "b"], false),
    ];

    private static readonly EventRoutes Routes = new(Targets);

    private static EventBatch Batch(string body) => new(Encoding.UTF8.GetBytes(body), EventFormat.Lines);

    private static EventRouter Route(string lines)
    {
        var router = new EventRouter();
        Assert.False(router.Route(Batch(lines), Routes, Now).IsRefused);
        return router;
    }
}
