using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Planning;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Tests.Statistics.Planning;

/// <summary>Sequential plans, held against seeded simulations of the sequential method that scores use.</summary>
public class SequentialPlanTests
{
    private const int Runs = 400;

    [Theory]
    [InlineData(0.2, 0.24, 0.5)]
    [InlineData(0.3, 0.25, 0.3)]
    public void A_plan_for_conversions_has_its_power(double control, double other, double share)
    {
        var design = new PowerDesign { IsProportion = true, Method = ScoreMethod.Sequential, Baseline = control, Shares = [1 - share, share] };
        Holds(design, other - control, MetricKind.Conversion, (random, isOther) => random.NextDouble() < (isOther ? other : control) ? 1 : 0);
    }

    [Fact]
    public void A_plan_for_values_has_its_power()
    {
        // A third buys, for 1 + an exponential time, and for 0.24 more: variances ⅓·5 − (⅔)² and ⅓·(1 + 2.24²) − (2.24/3)².
        var design = new PowerDesign { IsProportion = false, Method = ScoreMethod.Sequential, Baseline = 2 / 3.0, StandardDeviation = Math.Sqrt((1.2222 + 1.4484) / 2), EventShare = 1 / 3.0 };
        Holds(design, 0.08, MetricKind.Value, (random, isOther) => random.NextDouble() * 3 < 1 ? 1 - Math.Log(1 - random.NextDouble()) + (isOther ? 0.24 : 0) : 0);
    }

    private static void Holds(PowerDesign design, double difference, MetricKind kind, Func<Random, bool, double> total)
    {
        var participants = PowerSolver.Participants(design, difference, 0.8).Value;
        var median = PowerSolver.Participants(design, difference, 0.5).Value;
        int found = 0, early = 0;
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(run);
            var arms = new Moments[2];
            var events = new long[2];
            for (var n = 1; n <= participants; n++)
            {
                var arm = random.NextDouble() < design.Shares[1] ? 1 : 0;
                var value = total(random, arm == 1);
                arms[arm] = arms[arm].Add(value);
                events[arm] += value > 0 ? 1 : 0;
                if (n % 25 == 0 && new SequentialComparison(kind, 0.95).PValue(Data(0), Data(1)) is { IsAvailable: true, Value: <= 0.05 })
                {
                    found++;
                    early += n <= median ? 1 : 0;
                    break;
                }
            }

            ArmData Data(int i) => new(i == 0 ? "a" : "b", "0", arms[i].Count, events[i], events[i], arms[i], design.Shares[i]);
        }

        // Two Monte-Carlo errors, and two points because looks are 25 participants apart.
        Assert.InRange((double)found / Runs, 0.8 - 0.02 - (2 * Math.Sqrt(0.16 / Runs)), 0.8 + (2 * Math.Sqrt(0.16 / Runs)));
        Assert.InRange((double)early / Runs, 0.5 - 0.02 - (2 * Math.Sqrt(0.25 / Runs)), 0.5 + (2 * Math.Sqrt(0.25 / Runs)));
    }
}
