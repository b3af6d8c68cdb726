using Bandstand.Participants;
using FsCheck;
using FsCheck.Fluent;
using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

public class ShardPropertyTests
{
    [Fact]
    public void A_shard_does_what_the_model_does() => ForAny(60, seed =>
    {
        var history = new RandomHistory(seed);
        for (var step = 0; step < 300; step++)
        {
            history.Step();
        }

        var shard = history.Shard.Shard;
        Assert.Equal(history.Model.Participants, shard.Participants);
        Assert.Equal(history.Model.Health, shard.Health());
        foreach (var key in history.Everybody)
        {
            var (expected, actual) = (history.Model.Describe(key), shard.Describe(key));
            Assert.Equal(expected?.Totals ?? [], actual?.Totals ?? []);
            Assert.Equal(expected?.Segments, actual?.Segments);
            Assert.Equal(expected is null ? null : expected with { Totals = [], Segments = null, Known = [] }, actual is null ? null : actual with { Totals = [], Segments = null, Known = [] });
            Assert.Equal(expected?.Known ?? [], actual?.Known ?? []);
        }

        SameStatistics(history.Model, shard, history.Now);
        for (var slot = 0; slot < history.Model.Plan.Segments.Count; slot++)
        {
            SameStatistics(history.Model, shard, history.Now, new SegmentChoice(slot, ["v2"]));
            SameStatistics(history.Model, shard, history.Now, new SegmentChoice(slot, [null]));
            SameStatistics(history.Model, shard, history.Now, new SegmentChoice(slot, [null, "v2", SegmentValue.Other], Except: true));
        }
    });

    [Fact]
    public void Recovery_gives_the_same_bits_and_the_same_future_wherever_the_history_is_cut() => ForAny(8, seed =>
    {
        var history = new RandomHistory(seed);
        var random = new System.Random(seed);
        IReadOnlyList<ReadOnlyMemory<byte>> snapshot = [];
        var since = 0;
        for (var step = 0; step < 80; step++)
        {
            history.Step();
            var live = history.Shard;
            if (random.Next(25) == 0)
            {
                snapshot = live.Shard.Snapshot();
                since = live.Journal.Count;
            }

            var recovered = Recover(Plan(), snapshot, live.Journal.Skip(since));
            Assert.Equal(Bits(live.Shard), Bits(recovered));
            foreach (var key in history.Everybody)
            {
                Assert.Equal(live.Shard.TryFind(key, out var one), recovered.TryFind(key, out var other));
                Assert.Equal(one, other);
            }
        }
    });

    [Fact]
    public void Every_entry_alone_takes_a_recovered_shard_one_turn_further() => ForAny(20, seed =>
    {
        var history = new RandomHistory(seed);
        var follower = new ParticipantShard(Plan());
        follower.Begin();
        var read = 0;
        for (var step = 0; step < 100; step++)
        {
            history.Step();
            for (; read < history.Shard.Journal.Count; read++)
            {
                follower.Entry(history.Shard.Journal[read]);
            }

            if (read > 0)
            {
                Assert.Equal(Bits(history.Shard.Shard), Bits(follower));
            }
        }
    });

    [Fact]
    public void Shards_merge_to_what_one_shard_would_have() => ForAny(40, seed =>
    {
        var random = new System.Random(seed);
        var whole = new ShardFixture();
        var parts = Enumerable.Range(0, 5).Select(_ => new ShardFixture()).ToArray();
        for (var i = 0; i < 300; i++)
        {
            var person = $"p{random.Next(80)}";
            var part = parts[IdentityKey.Shard(Key(person), parts.Length)];
            var (bucket, metric, value) = (random.Next(10_000), random.Next(2), random.Next(1, 50));
            foreach (var shard in new[] { whole, part })
            {
                shard.Assign(person, bucket);
                shard.Track(person, metric, value);
            }
        }

        var expected = ExperimentStatistics.Merge([whole.Shard.Statistics(Noon)]);
        var actual = ExperimentStatistics.Merge([.. parts.Select(p => p.Shard.Statistics(Noon))]);
        Assert.Equal(expected.Participants, actual.Participants);
        for (var a = 0; a < 2; a++)
        {
            for (var m = 0; m < 2; m++)
            {
                Same(expected.Total[a].Metrics[m], actual.Total[a].Metrics[m]);
            }
        }
    });

    private static void SameStatistics(ShardModel model, ParticipantShard shard, long now, SegmentChoice? choice = null)
    {
        var actual = (choice is null ? shard.Statistics(now) : shard.Statistics(now, choice)).Epochs.SelectMany(e => e.Alternatives.Select((a, i) => (e.Epoch, Alternative: i, a.Participants, a.Metrics))).Where(a => a.Participants > 0).ToArray();
        var expected = model.Statistics(now, choice).ToArray();
        Assert.Equal(expected.Select(e => (e.Epoch, e.Alternative, e.Participants)), actual.Select(a => (a.Epoch, a.Alternative, a.Participants)));
        foreach (var (one, other) in expected.Zip(actual))
        {
            for (var m = 0; m < one.Metrics.Length; m++)
            {
                Same(one.Metrics[m], other.Metrics[m]);
            }
        }
    }

    private static void Same(MetricStatistics expected, MetricStatistics actual)
    {
        Assert.Equal((expected.Converted, expected.Conversions, expected.Moments.Count), (actual.Converted, actual.Conversions, actual.Moments.Count));
        Assert.Equal(expected.Moments.Mean, actual.Moments.Mean, 1e-9);
        Assert.Equal(expected.Moments.M2, actual.Moments.M2, 1e-9 * (1 + expected.Moments.M2));
        Assert.Equal(expected.Pair is null, actual.Pair is null);
        if (expected.Pair is { } pair)
        {
            var (one, other) = (pair.Joint, actual.Pair!.Joint);
            Assert.Equal((one.Count, pair.Rest.Count), (other.Count, actual.Pair.Rest.Count));
            foreach (var (x, y) in new[] { (one.MeanX, other.MeanX), (one.MeanY, other.MeanY), (one.M2X, other.M2X), (one.M2Y, other.M2Y), (one.Product, other.Product), (pair.Rest.Mean, actual.Pair.Rest.Mean), (pair.Rest.M2, actual.Pair.Rest.M2) })
            {
                Assert.Equal(x, y, 1e-9 * (1 + Math.Abs(x) + one.M2X + one.M2Y));
            }
        }

        Assert.Equal(expected.Mature is null, actual.Mature is null);
        if (expected.Mature is { } mature)
        {
            Assert.Equal(mature.Participants, actual.Mature!.Participants);
            Same(mature.Figures, actual.Mature.Figures);
        }
    }

    private static void ForAny(int tests, Action<int> holds)
        => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(tests));
}
