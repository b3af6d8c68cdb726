using Bandstand.Statistics;

namespace Bandstand.Timesteps;

/// <summary>
/// What the timesteps of an experiment taught so far, pair by pair. It depends on what was closed and on nothing else. A pair costs
/// nothing until it is asked for; then it is followed. Not thread-safe.
/// </summary>
public sealed class AdaptiveLearner
{
    private readonly double spell;
    private readonly List<TimestepResult> closed = [];
    private readonly Dictionary<(string First, string Second), DifferenceFilter> filters = [];

    /// <summary>Nothing was closed yet.</summary>
    /// <param name="spell">How many timesteps a difference lasts on average, 1 or more.</param>
    public AdaptiveLearner(double spell)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(spell, 1);
        this.spell = spell;
    }

    /// <summary>A timestep was closed, whatever decided it.</summary>
    /// <param name="result">Its figures; its number is over that of the one before.</param>
    public void Learn(TimestepResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (closed.Count > 0)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(result.Timestep, closed[^1].Timestep, nameof(result));
        }

        foreach (var (pair, filter) in filters)
        {
            Follow(filter, pair.First, pair.Second, closed.Count == 0 ? null : closed[^1], result);
        }

        closed.Add(result);
    }

    /// <summary>What is believed of two alternatives after the last timestep.</summary>
    /// <param name="first">The key of one.</param>
    /// <param name="second">The key of the other.</param>
    /// <returns>The difference, the second's mean minus the first's.</returns>
    public DifferenceBelief Compare(string first, string second)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(first, second);
        var inOrder = string.CompareOrdinal(first, second) < 0;
        var pair = inOrder ? (first, second) : (second, first);
        if (!filters.TryGetValue(pair, out var filter))
        {
            filters.Add(pair, filter = new DifferenceFilter(spell));
            TimestepResult? before = null;
            foreach (var result in closed)
            {
                Follow(filter, pair.Item1, pair.Item2, before, result);
                before = result;
            }
        }

        return inOrder ? filter.Belief : filter.Belief.Mirrored;
    }

    private static void Follow(DifferenceFilter filter, string first, string second, TimestepResult? before, TimestepResult result)
    {
        filter.Pass(result.Timestep - (before?.Timestep ?? result.Timestep));
        if (result.Status != TimestepStatus.UnexpectedBanner && Sample(result, first) is { } a && Sample(result, second) is { } b)
        {
            // The spread of both together: it is over 0 wherever there is anything to learn, and an outlier widens it.
            var both = a + b;
            if (both.M2 > 0)
            {
                var deviation = Math.Sqrt(both.M2 / (both.Count - 1));
                filter.Observe((b.Mean - a.Mean) / deviation, Math.Sqrt((1.0 / a.Count) + (1.0 / b.Count)));
            }
        }
    }

    private static Moments? Sample(TimestepResult result, string key)
    {
        foreach (var arm in result.Alternatives)
        {
            if (arm.Alternative == key)
            {
                return arm is { N: >= 2, Mean: { } mean, StdDev: { } deviation } ? new Moments(arm.N, mean, deviation * deviation * (arm.N - 1)) : null;
            }
        }

        return null; // It was not in the definition then.
    }
}
