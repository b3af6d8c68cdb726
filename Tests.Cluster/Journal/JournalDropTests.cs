using Bandstand.Ports;

namespace Bandstand.Tests.Cluster.Journal;

public sealed class JournalDropTests
{
    private readonly SimulatedGrainStorage storage = new();

    [Fact]
    public async Task A_dropped_actor_leaves_a_tombstone_and_a_fence()
    {
        var owner = await Used();

        await owner.Journal.Drop(TestContext.Current.CancellationToken);

        Assert.Equal(2, storage.Names.Count);
        Assert.Contains("head", storage.Names);
    }

    [Fact]
    public async Task The_owner_of_a_dropped_actor_can_write_nothing_any_more_and_nobody_can_own_it_again()
    {
        var owner = await Used();
        await new JournalOwner(storage).Journal.Drop(TestContext.Current.CancellationToken);

        Assert.Equal("fenced", (await Assert.ThrowsAsync<JournalUnavailableException>(() => owner.Append("stale"))).Code);
        Assert.Equal("dropped", (await Assert.ThrowsAsync<JournalUnavailableException>(owner.Recover)).Code);
        Assert.Equal("dropped", (await Assert.ThrowsAsync<JournalUnavailableException>(() => JournalOwner.Recovered(storage))).Code);
        Assert.Equal(2, storage.Names.Count);
    }

    [Fact]
    public async Task An_actor_that_was_never_written_can_be_dropped_and_is_not_created_by_a_late_owner()
    {
        var late = new JournalOwner(storage);
        storage.Decide = (kind, _) => kind == "write" ? Fate.Hold : Fate.Land;
        var recovery = late.Recover();
        storage.Decide = (_, _) => Fate.Land;
        await new JournalOwner(storage).Journal.Drop(TestContext.Current.CancellationToken);
        storage.Release();

        Assert.Equal("dropped", (await Assert.ThrowsAsync<JournalUnavailableException>(() => recovery)).Code);
    }

    [Fact]
    public async Task Dropping_twice_is_dropping_once()
    {
        var owner = await Used();
        await owner.Journal.Drop(TestContext.Current.CancellationToken);
        storage.Log.Clear();

        await owner.Journal.Drop(TestContext.Current.CancellationToken);

        Assert.Equal(["read head"], storage.Log);
    }

    [Theory]
    [InlineData(Fate.Fail)]
    [InlineData(Fate.LandAndFail)]
    [InlineData(Fate.LandAndConflict)]
    public async Task A_drop_may_fail_at_any_request_and_be_repeated(object fate)
    {
        for (var (failing, finished) = (0, false); !finished; failing++)
        {
            var store = new SimulatedGrainStorage();
            var owner = await Used(store);
            var requests = 0;
            store.Decide = (_, _) => requests++ == failing ? (Fate)fate : Fate.Land;
            try
            {
                await owner.Journal.Drop(TestContext.Current.CancellationToken);
                finished = requests <= failing;
            }
            catch (JournalUnavailableException)
            {
            }

            store.Decide = (_, _) => Fate.Land;
            await owner.Journal.Drop(TestContext.Current.CancellationToken);
            Assert.Equal(2, store.Names.Count);
            await Assert.ThrowsAsync<JournalUnavailableException>(() => owner.Append("stale"));
            Assert.Equal(2, store.Names.Count);
        }
    }

    private Task<JournalOwner> Used() => Used(storage);

    // Twice round the ring, with a snapshot in force, one replaced, and entries after it.
    private static async Task<JournalOwner> Used(SimulatedGrainStorage storage)
    {
        var owner = await JournalOwner.Recovered(storage);
        for (var i = 0; i < 16; i++)
        {
            await owner.Fill(1);
            if (owner.Journal.SnapshotDue)
            {
                await owner.Snapshot();
            }
        }

        return owner;
    }
}
