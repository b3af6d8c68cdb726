using Bandstand.Experiments;

namespace Bandstand.Simulation;

/// <summary>
/// What alternatives bring by the primary metric in expectation: a rate, a mean total per participant, or a ratio; more is better, also where less
/// is. Caps and windows are not considered. Not thread-safe.
/// </summary>
internal sealed class SimulatedReward
{
    private readonly IReadOnlyList<SimulatedEvent> events;
    private readonly IReadOnlyList<SimulatedBehaviour> behaviours;
    private readonly SimulatedKinds kinds;
    private readonly int sign;

    // Those after which others come, later than those.
    private readonly int[] lastFirst;

    // What is above the line and, of a ratio or retention, below it: the events that count, by index.
    private readonly MetricKind kind;
    private readonly bool[] above;
    private readonly bool[]? below;

    // By kind: the hour that is noted, and by kind and alternative what is lost in it. People come in the order of time.
    private readonly int[] noted;
    private readonly double[] lost;

    public SimulatedReward(SimulationScenario scenario, IReadOnlyList<SimulatedBehaviour> behaviours)
    {
        (events, this.behaviours, kinds) = (scenario.Events, behaviours, scenario.Kinds);
        var primary = scenario.Experiment.Primary;
        kind = primary.Kind;
        sign = primary.Goal == MetricGoal.Decrease ? -1 : 1;
        lastFirst = [.. Enumerable.Range(0, events.Count).OrderByDescending(i => Before(i).Count())];
        above = [.. Enumerable.Range(0, events.Count).Select(i => IsAbove(i, primary))];
        below = primary.Rule?.Denominator is { } denominator ? [.. events.Select(e => e.Event == denominator)] : null;
        Alternatives = scenario.Experiment.Alternatives.Count;
        noted = [.. Enumerable.Repeat(-1, kinds.Count)];
        lost = new double[kinds.Count * Alternatives];
    }

    public int Alternatives { get; }

    /// <summary>Of all kinds of people together.</summary>
    public double Of(int alternative, int hour)
    {
        var (up, down) = (0.0, 0.0);
        for (var k = 0; k < kinds.Count; k++)
        {
            var (x, y) = Parts(k, alternative, hour);
            up += kinds.ShareOf(k) * x;
            down += kinds.ShareOf(k) * y;
        }

        return Quotient((up, down));
    }

    /// <summary>What one of a kind loses against the best for that kind; of a ratio, of what is above the line, at as much below it as the alternative brings.</summary>
    public double Lost(int ofKind, int alternative, int hour)
    {
        var own = lost.AsSpan(ofKind * Alternatives, Alternatives);
        if (noted[ofKind] != hour)
        {
            noted[ofKind] = hour;
            var best = double.NegativeInfinity;
            for (var i = 0; i < own.Length; i++)
            {
                best = Math.Max(best, Quotient(Parts(ofKind, i, hour)));
            }

            for (var i = 0; i < own.Length; i++)
            {
                var parts = Parts(ofKind, i, hour);
                own[i] = (best - Quotient(parts)) * parts.Down;
            }
        }

        return own[alternative];
    }

    private bool IsAbove(int i, MetricDefinition primary) => primary.Kind switch
    {
        MetricKind.Ratio => events[i].Event == primary.Rule!.Numerator,
        MetricKind.Retention => events[i].Event == primary.Rule!.Numerator && Before(i).Any(e => events[e].Event == primary.Rule.Denominator),
        _ => events[i].Event == primary.Id,
    };

    private IEnumerable<int> Before(int i)
    {
        for (var at = events[i].After; at is { } before; at = events[before].After)
        {
            yield return before;
        }
    }

    private double Quotient((double Up, double Down) parts) => sign * (below is null ? parts.Up : parts.Down > 0 ? parts.Up / parts.Down : 0);

    private (double Up, double Down) Parts(int ofKind, int alternative, int hour)
    {
        var isShare = kind is MetricKind.Conversion or MetricKind.Retention;
        var up = isShare ? Share(above, ofKind, alternative, hour) : Sum(above, ofKind, alternative, hour);
        return (up, below is null ? 1 : isShare ? Share(below, ofKind, alternative, hour) : Sum(below, ofKind, alternative, hour));
    }

    /// <summary>The share of people who have at least one of some events.</summary>
    private double Share(bool[] counts, int ofKind, int alternative, int hour)
    {
        // By event, of those who come so far: who has one that counts there or later. The last is for those who come at all.
        Span<double> reached = stackalloc double[events.Count + 1];
        foreach (var i in lastFirst)
        {
            ref var before = ref reached[events[i].After ?? events.Count];
            var here = behaviours[i].Rate(ofKind, alternative, hour) * (counts[i] ? 1 : reached[i]);
            before += here - (before * here);
        }

        return reached[events.Count];
    }

    /// <summary>What some events come to, over all people.</summary>
    private double Sum(bool[] counts, int ofKind, int alternative, int hour)
    {
        var sum = 0.0;
        for (var i = 0; i < counts.Length; i++)
        {
            if (!counts[i])
            {
                continue;
            }

            var mean = behaviours[i].Rate(ofKind, alternative, hour) * Worth(i, ofKind, alternative);
            foreach (var before in Before(i))
            {
                mean *= behaviours[before].Rate(ofKind, alternative, hour);
            }

            sum += mean;
        }

        return sum;
    }

    private double Worth(int i, int ofKind, int alternative)
        => (behaviours[i].Value(ofKind, alternative)?.Mean ?? 1) * (events[i].Each ? Worth(events[i].After!.Value, ofKind, alternative) : 1);
}
