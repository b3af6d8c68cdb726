using Bandstand.Embedded.Experiments;
using Bandstand.Embedded.Participants;
using Bandstand.Events;

namespace Bandstand.Embedded.Events;

/// <summary>Where events go now, and the objects they go to: one snapshot, made anew when an experiment changes.</summary>
/// <param name="Routes">For the router.</param>
/// <param name="Experiments">By the number of the target.</param>
internal sealed record IngestMap(EventRoutes Routes, IReadOnlyList<(ExperimentHost Host, LiveExperiment Live)> Experiments)
{
    /// <summary>The same homes by id. A plain dictionary, whose hash of a short text takes a third of a concurrent one's.</summary>
    public Dictionary<string, ExperimentHost> Hosts { get; } = Experiments.ToDictionary(pair => pair.Live.Plan.Experiment, pair => pair.Host);

    public static IngestMap Empty { get; } = new(EventRoutes.Empty, []);

    public static IngestMap Of(IEnumerable<ExperimentHost> hosts)
    {
        var experiments = hosts.Where(host => host is { Live: not null, Damage: null })
            .Select(host => (Host: host, Live: host.Live!))
            .OrderBy(pair => pair.Live.Plan.Experiment, StringComparer.Ordinal)
            .ToList();
        return new IngestMap(new EventRoutes([.. experiments.Select(pair => pair.Live.Target())]), experiments);
    }
}
