using System.Globalization;
using Bandstand.Statistics;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Benchmarks;

/// <summary>How often does a guardrail trip where there is no harm, and how soon where there is?</summary>
/// <remarks>Seeded: the same arguments give the same counts. Beside each false share stands that of a one-sided z-test without regard to looks.</remarks>
internal static class GuardrailBenchmark
{
    private const double Alpha = 0.01;

    /// <summary>Runs every scenario, or those whose name contains a word.</summary>
    /// <param name="args">Runs (default 3000), participants (default 100000), a word (default: all).</param>
    public static int Run(string[] args)
    {
        var runs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3000;
        var most = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000;
        var word = args.Length > 2 ? args[2] : string.Empty;
        Console.WriteLine($"{runs} runs, a look every 100 participants to {most}; alpha 1 %, one alternative against the control");
        Console.WriteLine("scenario                                        tripped   one-sided z    2 s.e.   median participants to the trip");
        (string Name, Kind Kind, double Share, int Sign, double Factor)[] scenarios =
        [
            ("no harm: errors 2 %, 50/50", Kind.Conversion, 0.5, -1, 1),
            ("no harm: errors 2 %, late, 90/10", Kind.Late, 0.1, -1, 1),
            ("no harm: errors 2 %, share drifts 10 to 90 %", Kind.Ramp, 0.5, -1, 1),
            ("no harm: skewed revenue, 50/50", Kind.Skewed, 0.5, 1, 1),
            ("no harm: skewed revenue, 90/10", Kind.Skewed, 0.1, 1, 1),
            ("no harm: skewed revenue, 10/90", Kind.Skewed, 0.9, 1, 1),
            ("no harm: skewed costs, 90/10", Kind.Skewed, 0.1, -1, 1),
            ("no harm: repeated purchases, 50/50", Kind.Repeated, 0.5, 1, 1),
            ("harm: errors 2 to 2.4 %, 50/50", Kind.Conversion, 0.5, -1, 1.2),
            ("harm: errors 2 to 4 %, 50/50", Kind.Conversion, 0.5, -1, 2),
            ("harm: errors 2 to 10 %, 50/50", Kind.Conversion, 0.5, -1, 5),
            ("harm: errors 2 to 4 %, 90/10", Kind.Conversion, 0.1, -1, 2),
            ("harm: revenue −10 %, 50/50", Kind.Skewed, 0.5, 1, 0.9),
            ("harm: revenue −50 %, 50/50", Kind.Skewed, 0.5, 1, 0.5),
            ("harm: no revenue at all, 50/50", Kind.Skewed, 0.5, 1, 0),
        ];
        foreach (var s in scenarios.Where(s => s.Name.Contains(word, StringComparison.Ordinal)))
        {
            var trips = new List<int>();
            var naive = 0;
            for (var run = 0; run < runs; run++)
            {
                var (at, fooled) = Once(new Random(3000 + run), s.Kind, s.Share, s.Sign, s.Factor, most);
                naive += fooled ? 1 : 0;
                if (at > 0)
                {
                    trips.Add(at);
                }
            }

            trips.Sort();
            var median = trips.Count > runs / 2 ? trips[runs / 2].ToString(CultureInfo.InvariantCulture) : "–";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{s.Name,-45} {100.0 * trips.Count / runs,7:0.00} % {100.0 * naive / runs,10:0.00} % {200 * Math.Sqrt(Alpha * (1 - Alpha) / runs),8:0.00} % {median,12}"));
        }

        return 0;
    }

    private enum Kind
    {
        Conversion,
        Late,
        Ramp,
        Skewed,
        Repeated,
    }

    private static (int At, bool Naive) Once(Random random, Kind kind, double share, int sign, double factor, int most)
    {
        const double Rate = 0.02;
        const double Buyers = 0.2;
        var strata = new List<(double Share, long[] Converted)>();
        Moments[] totals = new Moments[2];
        long[] participants = new long[2], converted = new long[2];
        var due = new PriorityQueue<int, double>();
        var people = new List<(int Arm, double Total)>();
        var (at, naive) = (0, false);
        for (var n = 1; n <= most && (at == 0 || !naive); n++)
        {
            if (strata.Count == 0 || (kind == Kind.Ramp && n % 1_000 == 0))
            {
                strata.Add((kind == Kind.Ramp ? 0.1 + (0.8 * n / most) : share, new long[2]));
            }

            var arm = random.NextDouble() < strata[^1].Share ? 1 : 0;
            participants[arm]++;
            switch (kind)
            {
                case Kind.Conversion or Kind.Ramp:
                    // With the ramp the rate drifts, too, so that whoever pools over epochs sees a difference.
                    var rate = kind == Kind.Ramp ? Rate * (1 + (2.0 * n / most)) : Rate;
                    Convert(arm, strata.Count - 1, random.NextDouble() < rate * (arm == 1 ? factor : 1));
                    break;
                case Kind.Late:
                    if (random.NextDouble() < Rate * (arm == 1 ? factor : 1))
                    {
                        due.Enqueue(arm, n - (5000 * Math.Log(1 - random.NextDouble())));
                    }

                    while (due.TryPeek(out var late, out var when) && when <= n)
                    {
                        due.Dequeue();
                        Convert(late, 0, true);
                    }

                    break;
                case Kind.Skewed:
                    var bought = random.NextDouble() < Buyers * (arm == 1 ? factor : 1);
                    converted[arm] += bought ? 1 : 0;
                    totals[arm] = totals[arm].Add(bought ? Math.Exp(Normal.Quantile(1 - random.NextDouble())) : 0);
                    break;
                default:
                    people.Add((arm, 0));
                    totals[arm] = totals[arm].Add(0);
                    var who = random.Next(people.Count);
                    var (theirs, before) = people[who];
                    var now = before + 1 - Math.Log(1 - random.NextDouble());
                    totals[theirs] = totals[theirs].Replace(before, now);
                    converted[theirs] += before == 0 ? 1 : 0;
                    people[who] = (theirs, now);
                    break;
            }

            if (n % 100 != 0)
            {
                continue;
            }

            var isConversion = kind is Kind.Conversion or Kind.Late or Kind.Ramp;
            if (at == 0)
            {
                var evidence = isConversion
                    ? HarmLabels.Evidence([.. strata.Select(s => new LabelStratum(s.Share, s.Converted[1], s.Converted[0]))], -sign)
                    : HarmSequence.Of([new HarmStratum(totals[1], totals[0], converted[0] + converted[1])], sign, 0)?.Evidence ?? default;
                at = evidence.EValue >= 1 / Alpha ? n : 0;
            }

            naive |= !naive && OneLook(isConversion) > 2.326348;
        }

        return (at, naive);

        void Convert(int arm, int stratum, bool happened)
        {
            converted[arm] += happened ? 1 : 0;
            strata[stratum].Converted[arm] += happened ? 1 : 0;
        }

        double OneLook(bool isConversion)
        {
            if (Math.Min(participants[0], participants[1]) < 2)
            {
                return 0;
            }

            var (x, y) = isConversion
                ? (Moments.FromConversions(participants[0], converted[0]), Moments.FromConversions(participants[1], converted[1]))
                : (totals[0], totals[1]);
            var variance = (x.Variance!.Value / x.Count) + (y.Variance!.Value / y.Count);
            return variance > 0 ? sign * (x.Mean - y.Mean) / Math.Sqrt(variance) : 0;
        }
    }
}
