using Bandstand.Events;
using Bandstand.Grains;
using Bandstand.Ports;

namespace Bandstand.Tests.Cluster.Cluster;

/// <summary>Observations that are on their way while their timestep is closed or passed: they count, or are refused.</summary>
[Collection(nameof(TestClusterHost))]
public sealed class TimestepRaceTests(TestClusterHost host) : IAsyncLifetime
{
    private const string Banner = """{"alternatives":[{"key":"0"},{"key":"1"}],"default":"0","allocation":{"policy":"timestep","decide":"classic"}}""";
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero));
    private ClusterExperiments front = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host.Begin(clock);
        front = host.Front(clock);
        await front.Define("banner", Banner, Token);
    }

    public async ValueTask DisposeAsync()
    {
        host.Around = call => call.Invoke();
        await host.DeactivateAll();
    }

    [Fact]
    public async Task What_arrives_after_a_later_close_passed_its_step_is_refused()
    {
        await Observe("0,1");
        host.Around = async call =>
        {
            if (call.InterfaceMethod.Name == nameof(ITimestepGrain.Fold))
            {
                host.Around = other => other.Invoke();
                Assert.False((await host.Front(clock).Close("banner", 3, Token)).IsRefused);
            }

            await call.Invoke();
        };

        Assert.Equal("timestep-closed", (await Observe("1,1\n1,0")).Refusal?.Code);
        Assert.Equal("timestep-closed", (await Observe("1,1\n1,0")).Refusal?.Code);
    }

    [Fact]
    public async Task What_arrives_before_the_freeze_counts_however_late_it_is_answered()
    {
        var frozen = new TaskCompletionSource();
        host.Around = async call =>
        {
            await call.Invoke();
            if (call.InterfaceMethod.Name == nameof(ITimestepGrain.Fold))
            {
                host.Around = other => other.Invoke();
                frozen.SetResult();
            }
        };

        var observed = Observe("0,1\n1,0");
        await frozen.Task;
        var closed = (await host.Front(clock).Close("banner", 1, Token)).Value;

        Assert.Equal(2, (await observed).Value.Accepted);
        Assert.Equal(2, closed.Alternatives.Sum(alternative => alternative.N));
    }

    private async Task<Answer<EventReceipt>> Observe(string rows) =>
        await front.Observe("banner", 1, new ObservationBatch(System.Text.Encoding.UTF8.GetBytes($"banner,target\n{rows}\n"), ObservationFormat.Csv), Token);
}
