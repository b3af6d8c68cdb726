using Bandstand.Assignment;
using Bandstand.Embedded;
using Bandstand.Events;
using Bandstand.Ports;
using Bandstand.Storage;

namespace Bandstand.Tests.Embedded;

public class CollectTests
{
    [Fact]
    public async Task Without_collecting_everybody_is_assigned_by_hash_and_nothing_is_stored()
    {
        await using var collecting = await EmbeddedExperiments.OpenAsync(new InMemoryJournalStore());
        await using var engine = await EmbeddedExperiments.OpenAsync(new InMemoryJournalStore(), new EmbeddedOptions { Collect = false });
        const string Definition = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}]}""";
        await collecting.Define("price", Definition);
        await engine.Define("price", Definition);

        for (var person = 0; person < 50; person++)
        {
            var stored = await collecting.Assign("price", $"u{person}");
            var hashed = await engine.Assign("price", $"u{person}");
            Assert.Equal(stored with { New = false }, hashed);
        }

        var receipt = (await engine.Ingest(new EventBatch("""{"metric":"signup","identity":"u1"}"""u8.ToArray(), EventFormat.Lines))).Value;
        Assert.Equal(1, receipt.Ignored);
        Assert.Equal(0, (await engine.Score("price", new ScoreQuery("classic"))).Value.Participants);
        Assert.Equal(AssignmentReason.Assigned, (await engine.Assign("price", "u1")).Reason);
    }

    [Fact]
    public async Task Without_collecting_observations_are_ignored_and_nobody_is_forced()
    {
        var store = new InMemoryJournalStore();
        await using var engine = await EmbeddedExperiments.OpenAsync(store, new EmbeddedOptions { Collect = false });
        await engine.Define("banner", """{"alternatives":[{"key":"0"},{"key":"1"}],"default":"0","allocation":{"policy":"timestep","decide":"classic"}}""");

        var receipt = (await engine.Observe("banner", 0, new ObservationBatch("banner,target\n0,1\n1,x\n"u8.ToArray(), ObservationFormat.Csv))).Value;
        var forced = await engine.Force("banner", "u1", "1");

        Assert.Equal((0, 1, 1), (receipt.Accepted, receipt.Ignored, receipt.RejectedCount));
        Assert.Equal("not-collecting", forced.Refusal?.Code);
        Assert.DoesNotContain(store.List(), actor => actor.Kind is ActorKind.Timestep or ActorKind.Shard);
    }
}
