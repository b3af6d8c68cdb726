using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

public class RecoveryTests
{
    [Fact]
    public void The_journal_alone_brings_everything_back()
    {
        var shard = Lived();
        Assert.Equal(Bits(shard.Shard), Bits(shard.Recovered()));
    }

    [Fact]
    public void A_snapshot_alone_brings_everything_back()
    {
        var shard = Lived().Shard;
        Assert.Equal(Bits(shard), Bits(Recover(Plan(), shard.Snapshot(), [])));
    }

    private static ShardFixture Lived()
    {
        var shard = new ShardFixture();
        for (var i = 0; i < 200; i++)
        {
            shard.Assign($"p{i}", bucket: i * 37 % 10_000);
            shard.Track($"p{i / 2}", metric: i % 2, value: 1 + i, id: (ulong)i);
            shard.Track($"nobody{i}");
        }

        return shard;
    }
}
