using System.Text;
using Bandstand.Embedded;
using Bandstand.Embedded.Timesteps;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Storage;
using Bandstand.Timesteps;

namespace Bandstand.Tests.Embedded;

public class TimestepHostsTests
{
    private static readonly string[] Keys = ["0", "1"];

    [Fact]
    public async Task What_comes_late_into_a_step_that_is_being_passed_is_refused_and_not_acknowledged()
    {
        var hosts = Hosts(new InMemoryJournalStore());
        await Fold(hosts, 0, 5);

        var observed = hosts.Freeze(2, Keys, out var durable);
        await durable;

        Assert.Null(observed);
        Assert.All([0, 1, 2], step => Assert.Equal(TimestepBook.ClosedCode, hosts.Fold(step, Keys, Rows(1), null, out _).Refusal?.Code));
        Assert.False(hosts.Fold(3, Keys, Rows(1), null, out _).IsRefused);
    }

    [Fact]
    public async Task What_is_closed_is_let_go_of_and_what_was_frozen_in_vain_goes_on()
    {
        var hosts = Hosts(new InMemoryJournalStore());
        foreach (var step in new[] { 0, 1, 2 })
        {
            await Fold(hosts, step, 5);
        }

        hosts.Freeze(1, Keys, out _);
        hosts.Settle(0);
        await Fold(hosts, 0, 3);
        Assert.Equal(8, hosts.Freeze(0, Keys, out _)!.Rows);
        hosts.Settle(1);

        Assert.Equal([1, 2], hosts.Present);
        Assert.Equal(TimestepBook.ClosedCode, hosts.Fold(0, Keys, Rows(1), null, out _).Refusal?.Code);
    }

    [Fact]
    public async Task A_closed_step_is_read_again_to_know_a_producer_and_does_not_stay()
    {
        var hosts = Hosts(new InMemoryJournalStore());
        await Fold(hosts, 0, 5, new ProducerSequence("etl", 1));
        hosts.Freeze(0, Keys, out _);
        hosts.Settle(1);

        Assert.True(hosts.Fold(0, Keys, Rows(5), new ProducerSequence("etl", 1), out _).Value);
        Assert.Equal(TimestepBook.ClosedCode, hosts.Fold(0, Keys, Rows(5), new ProducerSequence("etl", 2), out _).Refusal?.Code);
        Assert.Empty(hosts.Present);
    }

    [Fact]
    public async Task A_reset_removes_the_steps_that_are_closed_too()
    {
        var store = new InMemoryJournalStore();
        await using var engine = await EmbeddedExperiments.OpenAsync(store);
        await engine.Define("banner", """{"alternatives":[{"key":"0"},{"key":"1"}],"default":"0","allocation":{"policy":"timestep","decide":"classic"}}""");
        foreach (var step in new[] { 0, 1 })
        {
            await engine.Observe("banner", step, new ObservationBatch(Encoding.UTF8.GetBytes("banner,target\n0,1\n1,0\n"), ObservationFormat.Csv), TestContext.Current.CancellationToken);
        }

        await engine.Close("banner", 0, TestContext.Current.CancellationToken);
        Assert.Equal(2, store.List().Count(actor => actor.Kind == ActorKind.Timestep));

        await engine.Execute("banner", new ExperimentCommand.Reset(null), cancellationToken: TestContext.Current.CancellationToken);

        Assert.DoesNotContain(store.List(), actor => actor.Kind == ActorKind.Timestep);
    }

    [Fact]
    public async Task A_close_that_could_not_be_stored_leaves_the_step_open_until_it_is_closed()
    {
        var fail = false;
        var store = new InMemoryJournalStore(() => fail ? throw new JournalUnavailableException("storage-full", "Full.") : Task.CompletedTask);
        await using var engine = await EmbeddedExperiments.OpenAsync(store, new EmbeddedOptions { Tick = TimeSpan.FromDays(40) });
        await engine.Define("banner", """{"alternatives":[{"key":"0"},{"key":"1"}],"default":"0","allocation":{"policy":"timestep","decide":"classic"}}""");
        var rows = new ObservationBatch(Encoding.UTF8.GetBytes("banner,target\n0,1\n1,0\n"), ObservationFormat.Csv);
        await engine.Observe("banner", 0, rows, TestContext.Current.CancellationToken);

        fail = true;
        Assert.Equal("storage-full", (await engine.Close("banner", 0, TestContext.Current.CancellationToken)).Refusal?.Code);
        Assert.Equal("timestep-closed", (await engine.Observe("banner", 0, rows, TestContext.Current.CancellationToken)).Refusal?.Code);
        fail = false;
        await engine.RunDueAsync();
        Assert.False((await engine.Observe("banner", 0, rows, TestContext.Current.CancellationToken)).IsRefused);

        Assert.Equal(4, (await engine.Close("banner", 0, TestContext.Current.CancellationToken)).Value.Alternatives.Sum(alternative => alternative.N));
    }

    private static TimestepHosts Hosts(IJournalStore store) => new(store, "banner", 1, 4 << 20);

    private static TimestepObservations Rows(int count)
    {
        var fold = new ObservationFold(new AlternativeKeys(Keys));
        for (var row = 0; row < count; row++)
        {
            fold.Add("0", row % 2, 0);
        }

        return fold.ToObservations();
    }

    private static async Task Fold(TimestepHosts hosts, int step, int rows, ProducerSequence? producer = null)
    {
        Assert.False(hosts.Fold(step, Keys, Rows(rows), producer, out var durable).Value);
        await durable;
    }
}
