using Bandstand.Assignment;
using Bandstand.Events;

namespace Bandstand.Tests.Conformance;

public abstract partial class ExperimentsConformance
{
    [Fact]
    public async Task Without_collecting_everybody_is_assigned_by_hash_and_nothing_is_counted()
    {
        await Define("price");
        await Assign("price", "known");
        await Restart(collect: false);

        var first = await Assign("price", "u1");
        var again = await Assign("price", "u1");
        var many = (await Bandstand.AssignMany("price", [new AssignmentRequest("u1"), new AssignmentRequest("u2")], Token)).Value;
        var receipt = await Send("""
            {"metric":"signup","identity":"known"}
            {"type":"exposure","experiment":"price","identity":"u3","alternative":"b"}
            """);
        await Restart();

        Assert.Equal((AssignmentReason.Assigned, false), (first.Reason, first.New));
        Assert.Equal([first, first], [again, many[0]]);
        Assert.Equal((0, 2), (receipt.Accepted, receipt.Ignored));
        Assert.Equal((1, 0, 0), await Totals("price"));
        Assert.Equal(first with { New = true }, await Assign("price", "u1"));
    }

    [Fact]
    public async Task Without_collecting_nobody_is_forced()
    {
        await Define("price");
        await Bandstand.Force("price", "known", "b", Token);
        await Restart(collect: false);

        Assert.Equal("not-collecting", (await Bandstand.Force("price", "u1", "b", Token)).Refusal?.Code);
        Assert.Equal("not-collecting", (await Bandstand.Force("price", "known", null, Token)).Refusal?.Code);
        Assert.Equal("alternative-not-found", (await Bandstand.Force("price", "u1", "z", Token)).Refusal?.Code);
        await Restart();

        Assert.Equal(AssignmentReason.Forced, (await Assign("price", "known", record: false)).Reason);
        Assert.Equal(AssignmentReason.Assigned, (await Assign("price", "u1", record: false)).Reason);
    }

    [Fact]
    public async Task Without_collecting_observations_are_ignored()
    {
        await Define("banner", Banner);
        await Restart(collect: false);

        var body = await Observe(0, "banner,target\n0,1\n1,x\n", new ProducerSequence("etl", 1));
        var events = await Send("""{"type":"observation","experiment":"banner","timestep":0,"alternative":"1","value":1}""");
        await Restart();

        Assert.Equal((0, 1, 1), (body.Accepted, body.Ignored, body.RejectedCount));
        Assert.Equal((0, 1), (events.Accepted, events.Ignored));
        Assert.Equal(1, (await Observe(0, "banner,target\n0,1\n1,x\n", new ProducerSequence("etl", 1))).Accepted);
        Assert.Equal(1, (await CloseStep(0)).Alternatives.Sum(alternative => alternative.N));
    }
}
