using Bandstand.Statistics.Distributions;

namespace Bandstand.Simulation;

/// <summary>How people come to one event in one run, by their kind, alternative and hour. Immutable and thread-safe.</summary>
internal sealed class SimulatedBehaviour
{
    private readonly int alternatives;

    // Of everybody, then of each difference that has rates of its own: [hour × alternatives + alternative].
    private readonly List<double[]> rates = [];

    // By kind: which of them; and by kind and alternative: what they are multiplied by. Null where no kind differs.
    private readonly int[]? table;
    private readonly double[]? times;
    private readonly IReadOnlyList<SimulatedValue>[] values;

    public SimulatedBehaviour(SimulatedEvent happening, SimulatedKinds kinds, int hours, string name)
    {
        alternatives = happening.Rates.Count;
        var (waves, drifts) = (Waves(happening, hours), Drifts(happening, hours, name));
        rates.Add(Rates(happening.Rates, waves, drifts));
        values = [happening.Values];
        if (happening.Differences.Count == 0)
        {
            return;
        }

        table = new int[kinds.Count];
        times = [.. Enumerable.Repeat(1.0, kinds.Count * alternatives)];
        values = [.. Enumerable.Repeat(happening.Values, kinds.Count)];
        foreach (var difference in happening.Differences)
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
    private static double[] Waves(SimulatedEvent happening, int hours)
        => [.. Enumerable.Range(0, hours).Select(hour => happening.WavePeriod > TimeSpan.Zero ? 1 + (happening.WaveAmplitude * Math.Sin(2 * Math.PI * (Middle(hour) / happening.WavePeriod))) : 1)];

    /// <summary>By hour and alternative: what each alternative's rate is multiplied by besides.</summary>
    private static double[] Drifts(SimulatedEvent happening, int hours, string name)
    {
        var all = new double[hours * happening.Rates.Count];
        Array.Fill(all, 1);
        for (var alternative = 0; happening.DriftEvery > TimeSpan.Zero && alternative < happening.Rates.Count; alternative++)
        {
            var drift = new NamedDraws($"{name}/{happening.Name}/drift").Branch(alternative);
            var (from, to, knot) = (0.0, 0.0, TimeSpan.Zero);
            for (var hour = 0; hour < hours; hour++)
            {
                var at = Middle(hour);
                while (at >= knot)
                {
                    knot += happening.DriftEvery;
                    (from, to) = (to, to + (happening.DriftSigma * drift.NextNormal()));
                }

                all[(hour * happening.Rates.Count) + alternative] = Elementary.Exp(to + ((from - to) * ((knot - at) / happening.DriftEvery)));
            }
        }

        return all;
    }

    private static TimeSpan Middle(int hour) => TimeSpan.FromHours(hour + 0.5);
}
