using Bandstand.Grains.Journal;
using Bandstand.Ports;

namespace Bandstand.Tests.Cluster.Journal;

/// <summary>Two activations believe they own one actor: only the one that claimed last may have anything acknowledged.</summary>
public sealed class JournalOwnershipTests
{
    private static readonly JournalOptions Wide = JournalOwner.Small with { RingSlots = 64 };
    private readonly SimulatedGrainStorage storage = new();

    public static TheoryData<int> Lengths => [.. Enumerable.Range(0, 40)];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task The_older_owner_is_shut_out_wherever_its_next_write_goes(int words)
    {
        var older = await JournalOwner.Recovered(storage, Wide);
        await older.Fill(words, 30);
        var newer = await JournalOwner.Recovered(storage, Wide);
        Assert.Equal(older.Words, newer.Words);

        var refused = await Assert.ThrowsAsync<JournalUnavailableException>(() => older.Append("stale"));
        await newer.Append("fresh");

        Assert.Equal("fenced", refused.Code);
        Assert.Equal(newer.Words, (await JournalOwner.Recovered(storage, Wide)).Words);
        Assert.DoesNotContain("stale", newer.Words);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task The_older_owner_is_shut_out_however_much_the_newer_one_wrote(int words)
    {
        var older = await JournalOwner.Recovered(storage);
        await older.Fill(2, 30);
        var newer = await JournalOwner.Recovered(storage);
        for (var i = 0; i < words; i++)
        {
            await newer.Fill(1, 60);
            if (newer.Journal.SnapshotDue)
            {
                await newer.Snapshot();
            }
        }

        await Assert.ThrowsAsync<JournalUnavailableException>(() => older.Append("stale"));

        await newer.Append("fresh");
        Assert.Equal(newer.Words, (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task An_owner_that_never_looked_at_its_next_slot_does_not_take_the_newer_owners_for_free()
    {
        var older = await JournalOwner.Recovered(storage, Wide);
        await older.Fill(4);
        var newer = await JournalOwner.Recovered(storage, Wide);
        await newer.Fill(20);

        Assert.Equal("fenced", (await Assert.ThrowsAsync<JournalUnavailableException>(() => older.Append("stale"))).Code);
        Assert.Equal(newer.Words, (await JournalOwner.Recovered(storage, Wide)).Words);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 10)]
    [InlineData(3, 100)]
    public async Task What_the_older_owner_still_writes_during_the_claim_is_kept(int words, int bytes)
    {
        var older = await JournalOwner.Recovered(storage);
        await older.Fill(words, bytes);
        var newer = new JournalOwner(storage);
        storage.Decide = (kind, name) => kind == "write" && name != "head" ? Fate.Hold : Fate.Land;
        var appended = older.Append("just in time");
        var recovery = newer.Recover();
        Assert.Equal(2, storage.Held);

        storage.Decide = (_, _) => Fate.Land;
        storage.Release(0);
        storage.Release(0);
        await appended;
        await recovery;

        Assert.Equal(older.Words, newer.Words);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => older.Append("too late"));
        await newer.Append("next");
        Assert.Equal(newer.Words, (await JournalOwner.Recovered(storage)).Words);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 10)]
    [InlineData(3, 100)]
    public async Task What_the_older_owner_writes_after_the_claim_fails(int words, int bytes)
    {
        var older = await JournalOwner.Recovered(storage);
        await older.Fill(words, bytes);
        storage.Decide = (kind, _) => kind == "write" ? Fate.Hold : Fate.Land;
        var appended = older.Append("too late");
        storage.Decide = (_, _) => Fate.Land;
        var newer = await JournalOwner.Recovered(storage);
        storage.Release();

        await Assert.ThrowsAsync<JournalUnavailableException>(() => appended);
        Assert.Equal(newer.Words, (await JournalOwner.Recovered(storage)).Words);
        Assert.DoesNotContain("too late", newer.Words);
    }

    [Fact]
    public async Task A_group_over_several_slots_is_stopped_half_way_by_a_claim()
    {
        var older = await JournalOwner.Recovered(storage);
        await older.Append("before");
        var slots = 0;
        storage.Decide = (kind, _) => kind == "write" && slots++ == 2 ? Fate.Hold : Fate.Land;
        var appended = older.Append(JournalOwner.Word(0, 900));
        storage.Decide = (_, _) => Fate.Land;
        var newer = await JournalOwner.Recovered(storage);
        storage.Release();

        await Assert.ThrowsAsync<JournalUnavailableException>(() => appended);
        Assert.Equal(["before"], newer.Words);
        await newer.Append(JournalOwner.Word(1, 300));
        Assert.Equal(newer.Words, (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task Of_two_that_claim_at_the_same_time_the_later_claim_owns()
    {
        var (one, two) = (new JournalOwner(storage), new JournalOwner(storage));
        storage.Decide = (_, _) => Fate.Hold;
        var (first, second) = (one.Recover(), two.Recover());
        while (storage.Held > 0)
        {
            // Strictly in turns, so that both read the head before either writes it.
            storage.Release();
        }

        await first;
        await second;
        storage.Decide = (_, _) => Fate.Land;
        var (owner, loser) = one.Journal.Claim > two.Journal.Claim ? (one, two) : (two, one);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => loser.Append("mine"));
        await owner.Append("mine too");

        Assert.NotEqual(one.Journal.Claim, two.Journal.Claim);
        Assert.Equal(["mine too"], (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task An_owner_between_claiming_the_head_and_the_slot_is_shut_out_by_a_later_one()
    {
        var (one, two) = (new JournalOwner(storage), new JournalOwner(storage));
        storage.Decide = (kind, name) => kind == "write" && name == "slot-0" ? Fate.Hold : Fate.Land;
        var first = one.Recover();
        storage.Decide = (_, _) => Fate.Land;
        await two.Recover();
        await two.Append("two");
        storage.Release();

        Assert.Equal("fenced", (await Assert.ThrowsAsync<JournalUnavailableException>(() => first)).Code);
        await two.Append("still two");
        Assert.Equal(["two", "still two"], (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task A_snapshot_of_the_older_owner_does_not_replace_the_newer_ones_entries()
    {
        var older = await JournalOwner.Recovered(storage);
        await older.Append("one");
        storage.Decide = (kind, name) => kind == "write" && name == "head" ? Fate.Hold : Fate.Land;
        var snapshot = older.Snapshot();
        storage.Decide = (_, _) => Fate.Land;
        var newer = await JournalOwner.Recovered(storage);
        await newer.Append("two");
        storage.Release();

        Assert.Equal("fenced", (await Assert.ThrowsAsync<JournalUnavailableException>(() => snapshot)).Code);
        Assert.Equal(["one", "two"], (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task Records_of_a_snapshot_that_its_owner_did_not_live_to_finish_are_deleted_by_the_next()
    {
        var older = await JournalOwner.Recovered(storage);
        await older.Fill(7);
        storage.Decide = (_, name) => name is "snapshot-1-1-1" or "head" ? Fate.Hold : Fate.Land;
        _ = older.Snapshot();
        Assert.Contains("snapshot-1-1-2", storage.Names);
        storage.Decide = (_, _) => Fate.Land;

        var newer = await JournalOwner.Recovered(storage);

        Assert.DoesNotContain(storage.Names, name => name.StartsWith("snapshot", StringComparison.Ordinal));
        Assert.Equal(older.Words, newer.Words);
    }

    [Fact]
    public async Task A_stale_activation_that_recovers_takes_the_actor_back_with_all_its_entries()
    {
        var one = await JournalOwner.Recovered(storage);
        await one.Append("one");
        var two = await JournalOwner.Recovered(storage);
        await two.Append("two");
        await Assert.ThrowsAsync<JournalUnavailableException>(() => one.Append("lost"));

        await one.Recover();
        await one.Append("three");

        Assert.Equal(["one", "two", "three"], one.Words);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => two.Append("lost"));
    }
}
