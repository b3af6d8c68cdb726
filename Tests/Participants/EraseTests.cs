using Bandstand.Assignment;
using Bandstand.Participants;

namespace Bandstand.Tests.Participants;

public class EraseTests
{
    [Fact]
    public void Everything_about_somebody_is_gone_with_its_share_of_the_statistics()
    {
        var shard = new ShardFixture();
        shard.Assign("bob");
        shard.Track("bob", 0, 2);
        shard.Track("bob", 1, 7);
        var without = shard.Shard.Statistics(ShardFixture.Noon);

        shard.Assign("ann");
        shard.Track("ann", 0, 5);
        shard.Track("ann", 1, 3.25);
        shard.Track("ann", 1, 4);
        shard.Force("ann", 1);
        Assert.True(shard.Erase("ann"));

        Assert.Null(shard.Describe("ann"));
        Assert.Equal(without.Epochs[0].Alternatives[0].Metrics, shard.Shard.Statistics(ShardFixture.Noon).Epochs[0].Alternatives[0].Metrics);
        Assert.Equal(1, shard.Shard.Participants);
        Assert.Equal(AssignmentReason.Assigned, shard.Assign("ann").Reason);
    }

    [Fact]
    public void What_is_only_held_or_forced_is_erased_too()
    {
        var shard = new ShardFixture();
        shard.Track("ann");
        shard.Force("bob", 1);
        Assert.True(shard.Erase("ann"));
        Assert.True(shard.Erase("bob"));
        Assert.Null(shard.Describe("ann"));
        Assert.Null(shard.Describe("bob"));
    }

    [Fact]
    public void Erasing_somebody_unknown_writes_nothing()
    {
        var shard = new ShardFixture();
        Assert.False(shard.Erase("ann"));
        Assert.Empty(shard.Journal);
    }

    [Fact]
    public void Erasing_the_last_one_leaves_statistics_of_nobody()
    {
        var shard = new ShardFixture();
        shard.Assign("ann");
        shard.Track("ann", 0, 0.1);
        shard.Track("ann", 0, 0.2);
        shard.Track("ann", 1, 0.7);
        shard.Erase("ann");
        Assert.Empty(shard.Shard.Statistics(ShardFixture.Noon).Epochs);
        shard.Assign("bob");
        Assert.All(shard.Shard.Statistics(ShardFixture.Noon).Epochs[0].Alternatives[0].Metrics, m => Assert.Equal((0, 0.0, 0.0), (m.Converted, m.Conversions, m.Moments.Total)));
    }

    [Theory]
    [InlineData(0, 0x80000000, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(4_000, 4_000, 4_000)]
    [InlineData(2_147_483_647, 2_147_483_647, 2_147_483_647)]
    [InlineData(2_147_483_648, 0xcf000000, 2_147_483_648)]
    [InlineData(2.5, 0xc0200000, 2.5)]
    [InlineData(1e300, 0xff7fffff, 3.4028234663852886e38)]
    public void Conversions_of_one_person_fit_in_four_bytes(double total, uint packed, double back)
    {
        Assert.Equal(packed, ConversionTotal.Of(total));
        Assert.Equal(back, ConversionTotal.Value(packed));
    }

    [Fact]
    public void Conversions_add_up_past_the_limit_of_whole_numbers()
    {
        Assert.Equal(3, ConversionTotal.Value(ConversionTotal.Add(ConversionTotal.Add(ConversionTotal.Add(0, 1), 1), 1)));
        Assert.Equal(2_147_483_647, ConversionTotal.Value(ConversionTotal.Add(2_147_483_646, 1)));
        Assert.Equal(2_147_483_648, ConversionTotal.Value(ConversionTotal.Add(2_147_483_647, 1)));
        Assert.Equal(2.75, ConversionTotal.Value(ConversionTotal.Add(ConversionTotal.Of(1.75), 1)));
        Assert.Equal(1, ConversionTotal.Value(ConversionTotal.Add(ConversionTotal.Of(0), 1)));
    }
}
