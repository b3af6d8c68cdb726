using Bandstand.Ports;

namespace Bandstand.Grains;

/// <summary>
/// All of Bandstand in a cluster: whoever is asked hashes identities, splits batches by shard, asks the grains and puts their
/// answers together.
/// </summary>
/// <remarks>
/// Thread-safe; one for each process. It keeps copies of definitions and of the catalogue, but nothing it answers rests on an
/// outdated copy. When a grain cannot be reached the answer is a refusal of kind <see cref="RefusalKind.Unavailable"/>.
/// </remarks>
public sealed partial class ClusterExperiments : IExperiments
{
    // Twice in a row somebody may be told that what he knows is outdated; more often than that something is wrong.
    private const int Attempts = 4;
    private readonly IGrainFactory grains;
    private readonly FrontOptions options;
    private readonly KnownCatalogue catalogue;
    private readonly KnownExperiments experiments;

    /// <summary>Creates a front end of a cluster.</summary>
    /// <param name="grains">An <c>IClusterClient</c>, or the grain factory of a silo.</param>
    /// <param name="options">How to ask, or null for the defaults.</param>
    public ClusterExperiments(IGrainFactory grains, FrontOptions? options = null)
    {
        this.grains = grains;
        this.options = options ?? new FrontOptions();
        catalogue = new KnownCatalogue(grains);
        experiments = new KnownExperiments(grains, catalogue);
    }

    private IMetricsGrain MetricsGrain => grains.GetGrain<IMetricsGrain>(IMetricsGrain.Key);

    private long NowMs => options.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Turns what grains and their store throw into the refusal that callers see.</summary>
    private static async ValueTask<Answer<T>> Guard<T>(Func<ValueTask<Answer<T>>> ask, CancellationToken cancellationToken)
    {
        try
        {
            var answer = ask();
            return cancellationToken.CanBeCanceled && !answer.IsCompleted ? await answer.AsTask().WaitAsync(cancellationToken) : await answer;
        }
        catch (Exception error) when (RefusalOf(error) is { } refusal)
        {
            return refusal;
        }
    }

    private static Refusal? RefusalOf(Exception error) => error switch
    {
        ActorFailedException failed => failed.ToRefusal(),
        RefusedException refused => refused.Refusal,
        OperationCanceledException => null,
        TimeoutException or OrleansException or IOException or ObjectDisposedException => ClusterRefusals.Unreachable(error),
        _ => null,
    };

    /// <summary>Asks with what is known, and again with what is newer as long as a shard says that it is outdated.</summary>
    private async ValueTask<Answer<T>> WithPresent<T>(string experiment, Func<KnownExperiment, ValueTask<(bool IsDone, Answer<T> Answer)>> ask)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var present = await experiments.Find(experiment);
            if (present.IsRefused)
            {
                return present.Refusal;
            }

            var (isDone, answer) = await ask(present.Value);
            if (isDone)
            {
                return answer;
            }
        }

        return Outdated(experiment);
    }

    private static Refusal Outdated(string experiment) => new(
        RefusalKind.Unavailable, "cluster-unavailable", $"The shards of \"{experiment}\" and the experiment do not agree yet. Nothing was answered as done: send the same again.");
}
