using System.Text;
using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Events;

/// <summary>One experiment as the router sees it. Immutable.</summary>
/// <param name="Experiment">Its id.</param>
/// <param name="Generation">Its generation.</param>
/// <param name="Key">Under which its identities are hashed.</param>
/// <param name="Shards">How many shards it has.</param>
/// <param name="Running">True while it counts.</param>
/// <param name="Metrics">Its metric slots, by number.</param>
/// <param name="Alternatives">Keys of its alternatives, by number.</param>
/// <param name="TakesObservations">True when the caller sends its timesteps' observations.</param>
/// <param name="Guarded">By metric slot: whether its events may trip a guardrail; null when none is watched.</param>
public sealed record RouteTarget(
    string Experiment,
    long Generation,
    SipKey Key,
    int Shards,
    bool Running,
    IReadOnlyList<MetricSlot> Metrics,
    IReadOnlyList<string> Alternatives,
    bool TakesObservations,
    IReadOnlyList<bool>? Guarded = null);

/// <summary>Where a metric's events go in one experiment.</summary>
/// <param name="Target">The number of the experiment in <see cref="EventRoutes.Targets"/>.</param>
/// <param name="Slot">The slot that its events are addressed to there.</param>
/// <param name="Kind">What its values must be; any, where it is no metric but a part of others.</param>
public readonly record struct MetricRoute(int Target, int Slot, MetricKind Kind);

/// <summary>Which experiments a metric feeds and where an experiment is: a snapshot, made anew when a definition or a status changes.</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
public sealed class EventRoutes
{
    private readonly Dictionary<byte[], MetricRoute[]> metrics = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], int> experiments = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], int>[] alternatives;
    private readonly int[] firstShard;

    /// <summary>Makes the routes of these experiments.</summary>
    /// <param name="targets">Every experiment, running or not.</param>
    public EventRoutes(IReadOnlyList<RouteTarget> targets)
    {
        Targets = targets;
        alternatives = new Dictionary<byte[], int>[targets.Count];
        firstShard = new int[targets.Count + 1];
        var routes = new Dictionary<string, List<MetricRoute>>(StringComparer.Ordinal);
        for (var number = 0; number < targets.Count; number++)
        {
            var target = targets[number];
            firstShard[number + 1] = firstShard[number] + target.Shards;
            experiments.Add(Encoding.UTF8.GetBytes(target.Experiment), number);
            alternatives[number] = new(Utf8Comparer.Instance);
            for (var index = 0; index < target.Alternatives.Count; index++)
            {
                alternatives[number].Add(Encoding.UTF8.GetBytes(target.Alternatives[index]), index);
            }

            foreach (var (id, address, kind) in target.Running ? MetricFeeds.Routes(target.Metrics) : [])
            {
                if (!routes.TryGetValue(id, out var list))
                {
                    routes.Add(id, list = []);
                }

                list.Add(new MetricRoute(number, address, kind));
            }
        }

        foreach (var (metric, list) in routes)
        {
            metrics.Add(Encoding.UTF8.GetBytes(metric), [.. list]);
        }
    }

    /// <summary>Routes to nowhere.</summary>
    public static EventRoutes Empty { get; } = new([]);

    /// <summary>Every experiment, by number.</summary>
    public IReadOnlyList<RouteTarget> Targets { get; }

    /// <summary>Shards of all experiments together.</summary>
    internal int TotalShards => firstShard[^1];

    /// <summary>The number of a shard among all shards.</summary>
    internal int ShardNumber(int target, int shard) => firstShard[target] + shard;

    /// <summary>The running experiments a metric feeds; empty when there are none.</summary>
    internal ReadOnlySpan<MetricRoute> RoutesOf(ReadOnlySpan<byte> metric) => RoutesOf(metric, out _);

    /// <summary>The same, with the metric's id as it is kept here; empty when it feeds nothing.</summary>
    internal MetricRoute[] RoutesOf(ReadOnlySpan<byte> metric, out byte[] id)
    {
        if (metrics.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(metric, out var known, out var routes))
        {
            id = known;
            return routes;
        }

        id = [];
        return [];
    }

    /// <summary>The number of an experiment, or −1.</summary>
    internal int TargetOf(ReadOnlySpan<byte> experiment) =>
        experiments.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(experiment, out var target) ? target : -1;

    /// <summary>The index of an alternative by key, or −1.</summary>
    internal int AlternativeOf(int target, ReadOnlySpan<byte> key) =>
        alternatives[target].GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var index) ? index : -1;
}
