using Bandstand.Cli.Generate;
using Bandstand.Simulation;

namespace Bandstand.Cli.Simulate;

/// <summary>The families of made-up histories. A run of a family depends on its name, the seed and the run's number alone.</summary>
internal static class TimestepWorlds
{
    private const int Timesteps = Scenario.Timesteps;

    // Of lognormal values: the largest tenth brings half of the money.
    private const double ValueSpread = 1;

    /// <summary>What can be asked for.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "drift", "aa", "flips", "same", "late", "three", "three-same", "five", "five-same", "ten", "ten-same", "values", "values-same",
    ];

    /// <summary>A world, by family.</summary>
    /// <param name="family">One of <see cref="Names"/>.</param>
    /// <param name="seed">Any number.</param>
    /// <param name="run">From 0.</param>
    public static TimestepWorld Make(string family, long seed, int run)
    {
        var name = FormattableString.Invariant($"{family}/{seed}/{run}");
        return family switch
        {
            "drift" => Generated(name, Scenario.Drift),
            "aa" => Generated(name, Scenario.Same),
            "flips" => Random(name, arms: 2, differ: true),
            "same" => Random(name, arms: 2, differ: false),
            "three" => Random(name, arms: 3, differ: true),
            "three-same" => Random(name, arms: 3, differ: false),
            "five" => Random(name, arms: 5, differ: true),
            "five-same" => Random(name, arms: 5, differ: false),
            "ten" => Random(name, arms: 10, differ: true),
            "ten-same" => Random(name, arms: 10, differ: false),
            "values" => Random(name, arms: 2, differ: true) with { Spread = ValueSpread },
            "values-same" => Random(name, arms: 2, differ: false) with { Spread = ValueSpread },
            "late" => Late(name),
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, "Not a family of worlds."),
        };
    }

    private static TimestepWorld Generated(string name, Scenario scenario) => new(
        name,
        [.. Enumerable.Range(0, Timesteps).Select(t => scenario.Rows(scenario.Name, t))],
        [.. Enumerable.Range(0, Timesteps).Select(t => scenario.Rates(t)).Select(rates => new[] { rates.Rate0, rates.Rate1 })]);

    // Nothing differs for 50 timesteps; then the challenger leads by 4 points, and from 85 on the other one.
    private static TimestepWorld Late(string name)
    {
        var stream = new NamedDraws(name);
        return new TimestepWorld(
            name,
            [.. Enumerable.Range(0, Timesteps).Select(_ => 500 + stream.Next(1_000))],
            [.. Enumerable.Range(0, Timesteps).Select(t => t < 50 ? 0 : t < 85 ? 0.02 : -0.02).Select(half => new[] { 0.11 - half, 0.11 + half })]);
    }

    // Base rate, batch sizes, how large the gaps are, when the best changes and whether slowly: all by chance.
    private static TimestepWorld Random(string name, int arms, bool differ)
    {
        var stream = new NamedDraws(name);
        var (least, span) = (300 + stream.Next(700), 200 + stream.Next(1_200));
        var rate = 0.05 + (0.15 * stream.Next());
        var scale = differ ? 0.015 + (0.045 * stream.Next()) : 0;
        var rows = Enumerable.Range(0, Timesteps).Select(_ => least + stream.Next(span)).ToArray();
        var rates = new List<double[]>();
        var best = stream.Next(arms);
        var now = Places();
        while (rates.Count < Timesteps)
        {
            for (var length = 10 + stream.Next(40); length > 0; length--)
            {
                rates.Add(now);
            }

            best = (best + 1 + stream.Next(arms - 1)) % arms;
            var next = Places();
            var slow = stream.Next() < 0.3 ? 10 + stream.Next(25) : 0;
            for (var step = 0; step < slow; step++)
            {
                var way = (step + 0.5) / slow;
                rates.Add([.. now.Zip(next, (from, to) => from + ((to - from) * way))]);
            }

            now = next;
        }

        return new TimestepWorld(name, rows, [.. rates.Take(Timesteps)]);

        // The best leads by a gap of 0.5 to 1.5 times the scale, the others trail within another half of it.
        double[] Places()
        {
            var gap = scale * (0.5 + stream.Next());
            return [.. Enumerable.Range(0, arms).Select(arm => rate + (arm == best ? gap / 2 : -gap / 2 - (arms > 2 ? 0.5 * scale * stream.Next() : 0))).Select(p => Math.Max(0.001, p))];
        }
    }
}
