using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Participants;
using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

public class AssignTests
{
    [Fact]
    public void The_first_assignment_is_drawn_by_bucket_and_stays_for_ever()
    {
        var shard = new ShardFixture();
        Assert.Equal(new ShardAnswer(AssignmentReason.Assigned, 1, 0, 1, true), shard.Assign("ann", bucket: 7_000));
        Assert.Equal(new ShardAnswer(AssignmentReason.Sticky, 1, 0, 1, false), shard.Assign("ann", bucket: 0));
        Assert.Equal(1, shard.Shard.Participants);
    }

    [Fact]
    public void A_turn_that_stores_nothing_writes_nothing()
    {
        var shard = new ShardFixture();
        shard.Assign("ann");
        var entries = shard.Journal.Count;
        shard.Assign("ann");
        Assert.Equal(AssignmentReason.Assigned, shard.Assign("bob", flags: ShardQuestionFlags.LookOnly).Reason);
        Assert.Equal(entries, shard.Journal.Count);
        Assert.Equal(1, shard.Shard.Participants);
    }

    [Fact]
    public void The_checks_are_made_in_the_order_of_the_contract()
    {
        const ShardQuestionFlags Every = ShardQuestionFlags.Filtered | ShardQuestionFlags.NotTargeted | ShardQuestionFlags.Excluded;
        var shard = new ShardFixture();
        shard.Assign("sticky");
        shard.Force("forced", 1);
        Assert.Equal(AssignmentReason.Forced, shard.Assign("forced", flags: Every).Reason);
        Assert.Equal(AssignmentReason.Filtered, shard.Assign("sticky", flags: Every).Reason);
        Assert.Equal(AssignmentReason.Sticky, shard.Assign("sticky", flags: Every & ~ShardQuestionFlags.Filtered).Reason);
        Assert.Equal(AssignmentReason.NotTargeted, shard.Assign("new", flags: Every & ~ShardQuestionFlags.Filtered).Reason);
        Assert.Equal(AssignmentReason.Excluded, shard.Assign("new", flags: ShardQuestionFlags.Excluded).Reason);

        shard.Switch(Plan() with { Version = 2, Status = ExperimentStatus.Disabled, Default = 1 });
        Assert.Equal(new ShardAnswer(AssignmentReason.Disabled, 1, -1, 1, false), shard.Assign("forced", flags: Every));
        shard.Switch(Plan() with { Version = 3, Status = ExperimentStatus.Completed, Outcome = 1 });
        Assert.Equal(new ShardAnswer(AssignmentReason.Completed, 1, -1, 1, false), shard.Assign("forced", flags: Every));
    }

    [Fact]
    public void A_bucket_outside_the_traffic_shows_the_default_and_stores_nothing()
    {
        var buckets = Halves();
        buckets[42] = ShardPlan.NotInTraffic;
        var shard = new ShardFixture(Plan() with { Buckets = buckets, Default = 1 });
        Assert.Equal(new ShardAnswer(AssignmentReason.NotInTraffic, 1, -1, 1, false), shard.Assign("ann", bucket: 42));
        Assert.Equal(AssignmentReason.NotInTraffic, shard.Assign("ann", bucket: 42, choice: 0).Reason);
        Assert.Equal(0, shard.Shard.Participants);
    }

    [Fact]
    public void A_choice_takes_the_place_of_the_bucket_unless_it_was_removed()
    {
        var shard = new ShardFixture(Plan() with { Removed = [false, true] });
        Assert.Equal(0, shard.Assign("ann", bucket: 9_999, choice: 0).Alternative);
        Assert.Equal(AssignmentReason.NotInTraffic, shard.Assign("bob", choice: 1).Reason);
    }

    [Fact]
    public void People_in_a_removed_alternative_are_shown_the_default_and_keep_their_assignment()
    {
        var shard = new ShardFixture();
        shard.Assign("ann", bucket: 9_999);
        shard.Switch(Plan() with { Version = 2, Epoch = 1, Removed = [false, true], Buckets = new short[ShardPlan.BucketCount] });
        Assert.Equal(new ShardAnswer(AssignmentReason.Sticky, 0, 0, 1, false), shard.Assign("ann"));
    }

    [Fact]
    public void The_last_of_256_alternatives_can_be_drawn()
    {
        var buckets = Enumerable.Repeat((short)255, ShardPlan.BucketCount).ToArray();
        var shard = new ShardFixture(Plan() with { Alternatives = 256, Buckets = buckets });
        Assert.Equal(255, shard.Assign("ann").Alternative);
        Assert.Equal(AssignmentReason.Sticky, shard.Assign("ann").Reason);
    }

    [Fact]
    public void A_new_epoch_is_stamped_on_those_who_come_after_it()
    {
        var shard = new ShardFixture();
        shard.Assign("ann");
        Assert.True(shard.Switch(Plan() with { Version = 2, Epoch = 7 }));
        Assert.Equal(7, shard.Assign("bob").Epoch);
        Assert.Equal(0, shard.Assign("ann").Epoch);
    }

    [Fact]
    public void A_plan_that_is_not_newer_changes_nothing_and_one_that_contradicts_is_refused()
    {
        var shard = new ShardFixture(Plan() with { Version = 5, Epoch = 3 });
        Assert.False(shard.Switch(Plan() with { Version = 5, Epoch = 3, Status = ExperimentStatus.Disabled }));
        Assert.Empty(shard.Journal);
        Assert.Throws<ArgumentException>(() => shard.Switch(Plan() with { Version = 6, Epoch = 2 }));
        Assert.Throws<ArgumentException>(() => shard.Switch(Plan() with { Version = 6, Epoch = 3, Generation = 2 }));
        Assert.Throws<ArgumentException>(() => shard.Switch(Plan() with { Version = 6, Epoch = 3, Metrics = [] }));
        Assert.Throws<ArgumentException>(() => shard.Switch(Plan() with { Version = 6, Epoch = 3, Buckets = new short[9] }));
        Assert.Equal(AssignmentReason.Assigned, shard.Assign("ann").Reason);
    }

    [Fact]
    public void Looking_up_finds_what_is_fixed_and_nothing_else()
    {
        var shard = new ShardFixture();
        shard.Assign("ann", bucket: 9_999);
        Assert.True(shard.Shard.TryFind(Key("ann"), out var answer));
        Assert.Equal(new ShardAnswer(AssignmentReason.Sticky, 1, 0, 1, false), answer);
        shard.Force("ann", 0);
        Assert.True(shard.Shard.TryFind(Key("ann"), out answer));
        Assert.Equal(AssignmentReason.Forced, answer.Reason);
        Assert.False(shard.Shard.TryFind(Key("bob"), out _));
    }

    [Fact]
    public void Key_0_names_nobody_and_is_refused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => new ShardFixture().Shard.Assign(new ShardQuestion(0, 0, -1, 0, Noon), new ShardLog()));
}
