using Bandstand.Statistics.Distributions;

namespace Bandstand.Simulation;

/// <summary>What people do in one metric in one run, by their kind, alternative and hour. Immutable and thread-safe.</summary>
internal sealed class SimulatedBehaviour
{
    private readonly int alternatives;

    // Of everybody, then of each difference that has rates of its own: [hour × alternatives + alternative].
    private readonly List<double[]> rates = [];

    // By kind: which of them; and by kind and alternative: what they are multiplied by. Null where no kind differs.
    private readonly int[]? table;
    private readonly double[]? times;
    private readonly IReadOnlyList<SimulatedValue>[] values;

    public SimulatedBehaviour(SimulatedMetric metric, SimulatedKinds kinds, int hours, string name)
    {
        alternatives = metric.Rates.Count;
        var (waves, drifts) = (Waves(metric, hours), Drifts(metric, hours, name));
        rates.Add(Rates(metric.Rates, waves, drifts));
        values = [metric.Values];
        if (metric.Differences.Count == 0)
        {
            return;
        }

        table = new int[kinds.Count];
        times = [.. Enumerable.Repeat(1.0, kinds.Count * alternatives)];
        values = [.. Enumerable.Repeat(metric.Values, kinds.Count)];
        foreach (var difference in metric.Differences)
        {
            if (difference.Rates is not null)
            {
                rates.Add(Rates(difference.Rates, waves, drifts));
            }

            for (var kind = 0; kind < kinds.Count; kind++)
            {
                if (kinds.ValueOf(kind, difference.Attribute) == difference.Value)
                {
                    table[kind] = difference.Rates is null ? table[kind] : rates.Count - 1;
                    values[kind] = difference.Values ?? values[kind];
                    for (var alternative = 0; alternative < alternatives; alternative++)
                    {
                        times[(kind * alternatives) + alternative] *= difference.Times?[alternative] ?? 1;
                    }
                }
            }
        }
    }

    /// <summary>The probability of an event, 0 to 1.</summary>
    public double Rate(int kind, int alternative, int hour)
    {
        var cell = (hour * alternatives) + alternative;
        return table is null ? rates[0][cell] : Math.Min(1, rates[table[kind]][cell] * times![(kind * alternatives) + alternative]);
    }

    /// <summary>What an event is worth; null of a conversion.</summary>
    public SimulatedValue? Value(int kind, int alternative)
    {
        var own = values[values.Length == 1 ? 0 : kind];
        return own.Count == 0 ? null : own[alternative];
    }

    private static double[] Rates(IReadOnlyList<RatePath> paths, double[] waves, double[] drifts)
    {
        var all = new double[drifts.Length];
        for (var cell = 0; cell < all.Length; cell++)
        {
            var (hour, alternative) = Math.DivRem(cell, paths.Count);
            all[cell] = Math.Clamp(paths[alternative].At(Middle(hour)) * waves[hour] * drifts[cell], 0, 1);
        }

        return all;
    }

    /// <summary>By hour: what the rates of all alternatives are multiplied by.</summary>
    private static double[] Waves(SimulatedMetric metric, int hours)
        => [.. Enumerable.Range(0, hours).Select(hour => metric.WavePeriod > TimeSpan.Zero ? 1 + (metric.WaveAmplitude * Math.Sin(2 * Math.PI * (Middle(hour) / metric.WavePeriod))) : 1)];

    /// <summary>By hour and alternative: what each alternative's rate is multiplied by besides.</summary>
    private static double[] Drifts(SimulatedMetric metric, int hours, string name)
    {
        var all = new double[hours * metric.Rates.Count];
        Array.Fill(all, 1);
        for (var alternative = 0; metric.DriftEvery > TimeSpan.Zero && alternative < metric.Rates.Count; alternative++)
        {
            var drift = new NamedDraws($"{name}/{metric.Metric}/drift").Branch(alternative);
            var (from, to, knot) = (0.0, 0.0, TimeSpan.Zero);
            for (var hour = 0; hour < hours; hour++)
            {
                var at = Middle(hour);
                while (at >= knot)
                {
                    knot += metric.DriftEvery;
                    (from, to) = (to, to + (metric.DriftSigma * drift.NextNormal()));
                }

                all[(hour * metric.Rates.Count) + alternative] = Elementary.Exp(to + ((from - to) * ((knot - at) / metric.DriftEvery)));
            }
        }

        return all;
    }

    private static TimeSpan Middle(int hour) => TimeSpan.FromHours(hour + 0.5);
}
