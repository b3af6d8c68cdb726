using Bandstand.Experiments;
using Bandstand.Participants;
using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

/// <summary>What is stored or sent today must be readable tomorrow: these bytes never change, a new version gets new ones.</summary>
public class GoldenBytesTests
{
    [Fact]
    public void A_batch_is_laid_out_as_ever()
    {
        var writer = new ShardBatchWriter();
        writer.SetProducer(0x0102030405060708, 9);
        writer.AddTrack(0x1122334455667788, 3, 2.5, Noon, 0x99aabbccddeeff00);
        writer.AddExposure(0x1122334455667788, 1, 7, Noon + 1);
        Golden("batch-v1", [writer.Written.Bytes]);
        Assert.Equal(2, ShardBatch.Read(writer.Written.Bytes).Count);
    }

    [Fact]
    public void A_journal_is_laid_out_as_ever()
        => Golden("journal-v1", [.. Lived().Journal.Select(e => (ReadOnlyMemory<byte>)e)]);

    [Fact]
    public void A_snapshot_is_laid_out_as_ever() => Golden("snapshot-v1", Lived().Shard.Snapshot());

    [Fact]
    public void A_journal_of_version_1_is_read() => IsWhatLived(Recover(LaterPlan(), [], Read("journal-v1").Select(e => e.ToArray())));

    [Fact]
    public void A_snapshot_of_version_1_is_read() => IsWhatLived(Recover(LaterPlan(), [.. Read("snapshot-v1")], []));

    [Fact]
    public void A_journal_with_epochs_of_segments_is_laid_out_as_ever()
        => Golden("segment-epochs-v1", [.. LivedBySegment().Journal.Select(e => (ReadOnlyMemory<byte>)e)]);

    [Fact]
    public void A_journal_with_epochs_of_segments_of_version_1_is_read()
    {
        var shard = Recover(Split(), [], Read("segment-epochs-v1").Select(e => e.ToArray()));
        Assert.Equal(Bits(LivedBySegment().Shard), Bits(shard));
        Assert.Equal((0, 1), Of("ann"));
        Assert.Equal((1, 2), Of("bob"));
        Assert.Equal((0, 3), Of("cid"));
        Assert.Equal(("DE", 1), (shard.Plan.SegmentEpochs[0].Value, shard.Plan.SegmentEpochs[0].Epoch));

        (int Alternative, int Epoch) Of(string identity) => (shard.Describe(Key(identity))!.Alternative, shard.Describe(Key(identity))!.Epoch);
    }

    /// <summary>The same bucket under the weights of Germany, of France, and of everybody else.</summary>
    private static ShardFixture LivedBySegment()
    {
        var shard = new ShardFixture(Split());
        shard.Switch(Split() with
        {
            Version = 2,
            Epoch = 3,
            SegmentEpochs = [new(0, "DE", 1, Cut(9_900)), new(0, "FR", 2, Cut(100))],
        });
        Assign("ann", "DE");
        Assign("bob", "FR");
        Assign("cid", null);
        shard.Track("bob", at: Noon + 1_000);
        return shard;

        void Assign(string identity, string? country)
            => shard.Turn(log => shard.Shard.Assign(new ShardQuestion(Key(identity), 4_000, -1, ShardQuestionFlags.None, Noon, [country]), log));
    }

    private static ShardPlan Split() => Plan() with { Segments = [new SegmentSlot("country", 2)] };

    private static short[] Cut(int at) => [.. Enumerable.Range(0, ShardPlan.BucketCount).Select(b => (short)(b < at ? 0 : 1))];

    private static void IsWhatLived(ParticipantShard shard)
    {
        Assert.Equal(Bits(Lived().Shard), Bits(shard));
        var ann = shard.Describe(Key("ann"))!;
        Assert.Equal((1, 0, Noon, -1, 0), (ann.Alternative, ann.Epoch, ann.AssignedAtMs, ann.Forced, ann.Held));
        Assert.Equal([new ParticipantTotal(true, 3, 3), new ParticipantTotal(true, 1, 12.5), new ParticipantTotal(true, 1, 4)], ann.Totals);
        Assert.Equal(new ShardHealth(1, 1, 2, 0, 1, 1, 0, 2), shard.Health());
        Assert.Equal(ProducerVerdict.Seen, shard.CheckProducer(77, 5, Noon));
    }

    /// <summary>Every kind of fact once.</summary>
    private static ShardFixture Lived()
    {
        var shard = new ShardFixture();
        shard.Assign("ann", bucket: 9_999);
        shard.Assign("bob", bucket: 0);
        shard.Track("ann", at: Noon + 1_000, id: 11);
        shard.Track("ann", 1, 12.5, at: Noon + 2_000);
        shard.Track("cid", at: Noon + 3_000);
        shard.Expose("cid", 1, at: Noon + 2_500, id: 12);
        shard.Expose("cid", 0, at: Noon + 2_600);
        shard.Force("dan", 1);
        shard.Erase("bob");
        shard.Switch(LaterPlan());
        shard.Apply(
            batch =>
            {
                batch.SetProducer(77, 5);
                batch.AddTrack(Key("ann"), 2, 4, Noon + 4_000);
                batch.AddTrack(Key("ann"), 0, 2, Noon + 4_000);
                batch.AddTrack(Key("eve"), 0, 1, Noon + 5_000);
            },
            Noon + 6_000);
        return shard;
    }

    private static ShardPlan LaterPlan() => Plan() with
    {
        Version = 2,
        Epoch = 1,
        Alternatives = 3,
        Removed = [false, false, true],
        Metrics = [.. Plan().Metrics, new("visits", MetricKind.Count)],
    };

    private static void Golden(string name, IReadOnlyList<ReadOnlyMemory<byte>> actual)
        => Assert.Equal(Read(name).Select(p => Convert.ToHexString(p.Span)), actual.Select(p => Convert.ToHexString(p.Span)));

    private static IEnumerable<ReadOnlyMemory<byte>> Read(string name)
        => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Golden", "participants", name + ".txt")).Select(l => (ReadOnlyMemory<byte>)Convert.FromHexString(l));
}
