using Bandstand.Assignment;
using Bandstand.Events;
using Bandstand.Experiments;

namespace Bandstand.Timesteps;

/// <summary>Events of one timestep that can count, and what they come to. Immutable.</summary>
/// <param name="Rows">The events.</param>
/// <param name="Observations">Their fold.</param>
public sealed record ObservedEvents(IReadOnlyList<ObservationRow> Rows, TimestepObservations Observations)
{
    /// <summary>Folds those of the events that name an alternative and have a value that can count.</summary>
    /// <param name="experiment">An experiment that takes observations.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="rows">Events of one timestep of it.</param>
    /// <param name="reject">Told which others do not, with a stable code and the remedy.</param>
    public static ObservedEvents Of(Experiment experiment, AssignmentPlan plan, IEnumerable<ObservationRow> rows, Action<ObservationRow, string, string> reject)
    {
        ArgumentNullException.ThrowIfNull(reject);
        var fold = ExperimentTimesteps.NewFold(experiment);
        var counted = new List<ObservationRow>();
        foreach (var row in rows)
        {
            if (row.Alternative < 0 || plan.Alternatives[row.Alternative] is not { Removed: false } alternative)
            {
                reject(row, "alternative-not-found", $"Experiment {experiment.Id} has no alternative with the key in \"alternative\".");
            }
            else if (!fold.Add(alternative.Key, row.Value, 0))
            {
                reject(row, "invalid-value", $"\"value\" must be finite and {fold.Range}.");
            }
            else
            {
                counted.Add(row);
            }
        }

        return new ObservedEvents(counted, fold.ToObservations());
    }
}
