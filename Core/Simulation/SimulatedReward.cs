using Bandstand.Experiments;

namespace Bandstand.Simulation;

/// <summary>What alternatives bring by the primary metric in expectation; more is better, also where less is. Not thread-safe.</summary>
internal sealed class SimulatedReward
{
    private readonly SimulatedKinds kinds;
    private readonly SimulatedBehaviour primary;
    private readonly int sign;

    // By kind: the hour that is noted, and by kind and alternative what is lost in it. People come in the order of time.
    private readonly int[] noted;
    private readonly double[] lost;

    public SimulatedReward(SimulationScenario scenario, IReadOnlyList<SimulatedBehaviour> behaviours)
    {
        kinds = scenario.Kinds;
        primary = behaviours[scenario.Metrics.ToList().IndexOf(scenario.Primary)];
        sign = scenario.Primary.Goal == MetricGoal.Decrease ? -1 : 1;
        Alternatives = scenario.Experiment.Alternatives.Count;
        noted = [.. Enumerable.Repeat(-1, kinds.Count)];
        lost = new double[kinds.Count * Alternatives];
    }

    public int Alternatives { get; }

    /// <summary>Of all kinds of people together.</summary>
    public double Of(int alternative, int hour)
    {
        var sum = 0.0;
        for (var kind = 0; kind < kinds.Count; kind++)
        {
            sum += kinds.ShareOf(kind) * Of(kind, alternative, hour);
        }

        return sum;
    }

    /// <summary>What one of a kind loses against the best for that kind.</summary>
    public double Lost(int kind, int alternative, int hour)
    {
        var own = lost.AsSpan(kind * Alternatives, Alternatives);
        if (noted[kind] != hour)
        {
            noted[kind] = hour;
            var best = double.NegativeInfinity;
            for (var i = 0; i < own.Length; i++)
            {
                own[i] = Of(kind, i, hour);
                best = Math.Max(best, own[i]);
            }

            for (var i = 0; i < own.Length; i++)
            {
                own[i] = best - own[i];
            }
        }

        return own[alternative];
    }

    private double Of(int kind, int alternative, int hour) => sign * primary.Rate(kind, alternative, hour) * (primary.Value(kind, alternative)?.Mean ?? 1);
}
