using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Benchmarks.Simulation;

/// <summary>What people of a scenario do.</summary>
internal enum Behaviour
{
    /// <summary>Convert at once or never.</summary>
    Conversions,

    /// <summary>Convert after an exponential delay of 5 000 arrivals on average, or never.</summary>
    LateConversions,

    /// <summary>Buy once, for a lognormal sum with σ = 1 (skewness 6 among buyers), or never.</summary>
    Skewed,

    /// <summary>With every arrival somebody, of all who came so far, buys for 1 + an exponential: totals grow for ever.</summary>
    Purchases,

    /// <summary>Buy a Poisson(rate) number of times for 1 + an exponential each, and count once, when their window has closed.</summary>
    ClosedWindows,
}

/// <summary>Two alternatives' participants, as sufficient statistics; arrivals come by the hundred.</summary>
internal sealed class Crowd(FastRandom random, Behaviour behaviour, double share, double rate, double lift)
{
    private const double DelayInArrivals = 5000;
    private readonly List<(byte Arm, float Total)> people = [];
    private readonly int[] pending = new int[2];
    private readonly Moments[] totals = new Moments[2];
    private readonly long[] participants = new long[2];
    private readonly long[] converted = new long[2];

    public MetricKind Kind => behaviour is Behaviour.Conversions or Behaviour.LateConversions ? MetricKind.Conversion : MetricKind.Value;

    public long this[int arm] => participants[arm];

    public void Arrive(int count)
    {
        var ones = random.Binomial(count, share);
        for (var arm = 0; arm < 2; arm++)
        {
            Arrive(arm, arm == 1 ? ones : count - ones, rate * (arm == 1 ? 1 + lift : 1));
        }

        if (behaviour == Behaviour.Purchases)
        {
            for (var i = 0; i < count; i++)
            {
                Buy(random.Below(people.Count));
            }
        }
    }

    public ArmData Arm(int arm) => new(
        arm == 0 ? "a" : "b", "1", participants[arm], converted[arm], converted[arm], totals[arm], arm == 1 ? share : 1 - share);

    /// <summary>p of a z-test by the present figures, as if nobody had looked before.</summary>
    public double OneLook()
    {
        if (Math.Min(participants[0], participants[1]) < 2)
        {
            return 1;
        }

        var (x, y) = Kind == MetricKind.Conversion
            ? (Moments.FromConversions(participants[0], converted[0]), Moments.FromConversions(participants[1], converted[1]))
            : (totals[0], totals[1]);
        var variance = (x.Variance!.Value / x.Count) + (y.Variance!.Value / y.Count);
        return variance > 0 ? Normal.TwoSided((x.Mean - y.Mean) / Math.Sqrt(variance)) : 1;
    }

    private void Arrive(int arm, int count, double chance)
    {
        participants[arm] += count;
        var buyers = 0;
        switch (behaviour)
        {
            case Behaviour.Conversions:
                converted[arm] += random.Binomial(count, chance);
                return;
            case Behaviour.LateConversions:
                // Without memory, so each who still will convert does so within the next hundred with the same probability.
                pending[arm] += random.Binomial(count, chance);
                var now = random.Binomial(pending[arm], 1 - Math.Exp(-100 / DelayInArrivals));
                (pending[arm], converted[arm]) = (pending[arm] - now, converted[arm] + now);
                return;
            case Behaviour.Purchases:
                totals[arm] += new Moments(count, 0, 0);
                people.AddRange(Enumerable.Repeat(((byte)arm, 0f), count));
                return;
            case Behaviour.Skewed:
                buyers = random.Binomial(count, chance);
                for (var i = 0; i < buyers; i++)
                {
                    totals[arm] = totals[arm].Add(Math.Exp(random.Normal()));
                }

                break;
            default:
                for (var i = 0; i < count; i++)
                {
                    // The gaps between purchases are exponential, and the window is as long as makes it the rate on average.
                    var total = 0.0;
                    for (var time = random.Exponential(); time < chance; time += random.Exponential())
                    {
                        total += 1 + random.Exponential();
                    }

                    if (total > 0)
                    {
                        totals[arm] = totals[arm].Add(total);
                        buyers++;
                    }
                }

                break;
        }

        totals[arm] += new Moments(count - buyers, 0, 0);
        converted[arm] += buyers;
    }

    private void Buy(int who)
    {
        var (arm, total) = people[who];
        var now = (float)(total + 1 + random.Exponential());
        totals[arm] = totals[arm].Replace(total, now);
        converted[arm] += total == 0 ? 1 : 0;
        people[who] = (arm, now);
    }
}
