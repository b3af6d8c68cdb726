using Bandstand.Participants;

namespace Bandstand.Experiments;

/// <summary>How many new participants come a day, from what is in memory anyway. Pure and thread-safe.</summary>
internal static class RecentTraffic
{
    private static readonly TimeSpan Span = TimeSpan.FromDays(7);

    /// <summary>
    /// New participants a day over the latest epochs that together last seven days, or over all of them; null while it does not run, is younger than
    /// an hour, or nobody came.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="statistics">Its merged statistics.</param>
    /// <param name="now">The time of the data.</param>
    public static double? PerDay(Experiment experiment, ExperimentStatistics statistics, DateTimeOffset now)
    {
        if (experiment.Status != ExperimentStatus.Running || experiment.StartedAt is not { } start)
        {
            return null;
        }

        long came = 0;
        var from = start;
        foreach (var epoch in statistics.Epochs.Reverse().Where(e => e.Epoch < experiment.Epochs.Length))
        {
            came += epoch.Alternatives.Sum(a => a.Participants);
            from = experiment.Epochs[epoch.Epoch].From > start ? experiment.Epochs[epoch.Epoch].From : start;
            if (now - from >= Span)
            {
                break;
            }
        }

        return came > 0 && now - from >= TimeSpan.FromHours(1) ? came / (now - from).TotalDays : null;
    }
}
