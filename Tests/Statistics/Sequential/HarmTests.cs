using Bandstand.Statistics;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Tests.Statistics.Sequential;

public class HarmTests
{
    [Theory]
    [InlineData(0.5, -1, 1.0)]
    [InlineData(0.1, 1, 1.0)]
    [InlineData(0.5, 1, 1.5)]
    [InlineData(0.9, -1, 0.7)]
    public void At_the_edge_of_the_null_the_expected_e_value_is_1_and_inside_it_is_less(double probability, int direction, double edge)
    {
        Assert.Equal(1, Expected(edge), 10);
        Assert.InRange(Expected(edge * (direction < 0 ? 1.3 : 0.7)), 0, 0.999);
        Assert.True(Expected(edge * (direction < 0 ? 0.5 : 2)) > 1);

        double Expected(double ratio)
        {
            const int People = 40;
            var share = probability * ratio / (1 - probability + (probability * ratio));
            return Enumerable.Range(0, People + 1).Sum(x =>
                Math.Exp(LogBinomial(People, x) + (x * Math.Log(share)) + ((People - x) * Math.Log(1 - share)))
                * HarmLabels.Evidence([new(probability, x, People - x)], direction, edge).EValue);
        }
    }

    [Theory]
    [InlineData(0.5, -1)]
    [InlineData(0.5, 1)]
    [InlineData(0.1, -1)]
    [InlineData(0.1, 1)]
    public void Looked_at_after_every_converter_it_trips_with_at_most_the_chance_alpha(double probability, int direction)
    {
        // Exact: the chance of every path that has not crossed yet, by how many converters were inside.
        const double Alpha = 0.05;
        const int Most = 400;
        var alive = new double[Most + 2];
        alive[0] = 1;
        var crossed = 0.0;
        for (var people = 1; people <= Most; people++)
        {
            for (var x = people; x >= 0; x--)
            {
                alive[x] = (alive[x] * (1 - probability)) + (x > 0 ? alive[x - 1] * probability : 0);
                if (alive[x] > 0 && HarmLabels.Evidence([new(probability, x, people - x)], direction).EValue >= 1 / Alpha)
                {
                    crossed += alive[x];
                    alive[x] = 0;
                }
            }
        }

        Assert.InRange(crossed, Alpha / 20, Alpha);
    }

    [Fact]
    public void Strata_of_one_probability_are_one_and_those_that_decide_nothing_say_nothing()
    {
        var whole = HarmLabels.Evidence([new(0.3, 40, 60)], -1);
        var split = HarmLabels.Evidence([new(0.3, 10, 45), new(0, 0, 7), new(0.3, 30, 15), new(1, 9, 0), new(0.6, 0, 0)], -1);
        Assert.Equal(whole.LogE, split.LogE, 12);
    }

    [Fact]
    public void No_run_of_converters_reaches_the_level_sooner_than_foretold()
    {
        foreach (var (inside, outside) in new[] { (0L, 0L), (30L, 30L), (10L, 90L), (500L, 480L) })
        {
            var until = HarmLabels.ConvertersUntil([new(0.5, inside, outside)], 1, 1, 100);
            Assert.True(until > 1);
            Assert.True(HarmLabels.Evidence([new(0.5, inside + until - 1, outside)], 1).EValue < 100);
        }

        Assert.Equal(0, HarmLabels.ConvertersUntil([new(0.5, 300, 100)], 1, 1, 100));
        Assert.Equal(long.MaxValue, HarmLabels.ConvertersUntil([], 1, 1, 100));
    }

    [Fact]
    public void The_lower_limit_of_a_rate_holds_at_every_look_with_the_chance_it_says()
    {
        const double Rate = 0.1, Alpha = 0.05;
        const int Most = 300;
        var alive = new double[Most + 2];
        alive[0] = 1;
        var missed = 0.0;
        for (var people = 1; people <= Most; people++)
        {
            for (var x = people; x >= 0; x--)
            {
                alive[x] = (alive[x] * (1 - Rate)) + (x > 0 ? alive[x - 1] * Rate : 0);
                if (alive[x] > 1e-12 && LowerRate.Of(people, x, Alpha) > Rate)
                {
                    missed += alive[x];
                    alive[x] = 0;
                }
            }
        }

        Assert.InRange(missed, Alpha / 20, Alpha);
        Assert.Equal(0, LowerRate.Of(1_000, 0, Alpha));
        Assert.InRange(LowerRate.Of(1_000, 1_000, Alpha), 0.98, 1);
    }

    [Fact]
    public void The_smaller_alternative_is_not_called_harmful_for_its_skewed_values()
    {
        const double Alpha = 0.05;
        const int Runs = 150;
        int tripped = 0, naive = 0;
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(700 + run);
            Moments[] totals = new Moments[2];
            long events = 0;
            var (crossed, fooled) = (false, false);
            for (var n = 1; n <= 10_000; n++)
            {
                var bought = random.NextDouble() < 0.2;
                var arm = random.NextDouble() < 0.1 ? 1 : 0;
                totals[arm] = totals[arm].Add(bought ? Math.Exp(Normal.Quantile(1 - random.NextDouble())) : 0);
                events += bought ? 1 : 0;
                if (n % 100 == 0)
                {
                    crossed |= HarmSequence.Of([new(totals[1], totals[0], events)], 1, 0) is { } read && read.Evidence.EValue >= 1 / Alpha;
                    fooled |= totals[1].Count > 1 && (totals[0].Mean - totals[1].Mean) / Math.Sqrt((totals[0].Variance!.Value / totals[0].Count) + (totals[1].Variance!.Value / totals[1].Count)) > 1.645;
                }
            }

            (tripped, naive) = (tripped + (crossed ? 1 : 0), naive + (fooled ? 1 : 0));
        }

        Assert.InRange((double)tripped / Runs, 0, Alpha + (2 * Math.Sqrt(Alpha * (1 - Alpha) / Runs)));
        Assert.InRange((double)naive / Runs, 0.2, 1);
    }

    [Fact]
    public void A_rate_that_drifts_while_weights_change_is_no_harm_and_an_alternative_that_earns_nothing_is()
    {
        HarmStratum Stratum(long arm, long control, double mean) => new(Moments.FromSummary(arm, mean, 1), Moments.FromSummary(control, mean, 1), arm + control);
        Assert.True(HarmSequence.Of([Stratum(900, 100, 1), Stratum(100, 900, 3)], 1, 0)!.Value.Evidence.LogE < 0);
        Assert.True(HarmSequence.Of([new(new Moments(1_000, 0, 0), Moments.FromSummary(1_000, 1, 2), 300)], 1, 0)!.Value.Evidence.EValue > 100);
        Assert.Null(HarmSequence.Of([new(Moments.FromSummary(100, 1, 1), Moments.FromSummary(100, 2, 1), 150)], 1, 0));
        Assert.True(double.IsFinite(HarmSequence.Of([new(Moments.FromSummary(100_000, 9, 1), Moments.FromSummary(100_000, 1, 1), 200_000)], 1, 0)!.Value.Evidence.LogE));
    }

    private static double LogBinomial(int n, int k) => GammaFunction.Log(n + 1) - GammaFunction.Log(k + 1) - GammaFunction.Log(n - k + 1);
}
