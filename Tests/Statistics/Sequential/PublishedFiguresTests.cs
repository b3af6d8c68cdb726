using System.Text.Json;
using Bandstand.Statistics;
using Bandstand.Statistics.FixedHorizon;
using Bandstand.Statistics.Sequential;
using static Bandstand.Tests.Statistics.GoldenFigures;

namespace Bandstand.Tests.Statistics.Sequential;

/// <summary>Figures that others print in their own tests, from our functions: those of the methods that we have too.</summary>
public class PublishedFiguresTests
{
    private const double FiveDigits = 5.1e-6;

    [Fact]
    public void Beta_binomial_limits_of_a_rate_are_where_the_evidence_against_it_is_one_over_alpha()
    {
        var rows = Confseq("bernoulliConfidenceInterval");
        Assert.Equal(4, rows.Count);
        Assert.All(rows, row =>
        {
            var args = row.GetProperty("args");
            long converted = (long)args.Number("successes"), trials = (long)args.Number("trials");
            var level = Math.Log(1 / args.Number("alpha"));
            var tightestAt = args.Number("tOpt");
            var rate = (double)converted / trials;
            var limits = row.GetProperty("y");
            Assert.Equal(limits[0].GetDouble(), Limit(rate, 0), 1e-5);
            Assert.Equal(limits[1].GetDouble(), Limit(rate, 1), 1e-5);

            // The last rate towards the end that the evidence does not refute.
            double Limit(double inside, double end)
            {
                if (LogE(Math.Abs(end - 1e-12), converted, trials, tightestAt) <= level)
                {
                    return end;
                }

                for (var i = 0; i < 100; i++)
                {
                    var middle = (inside + end) / 2;
                    (inside, end) = LogE(middle, converted, trials, tightestAt) <= level ? (middle, end) : (inside, middle);
                }

                return inside;
            }
        });
    }

    [Fact]
    public void The_beta_binomial_mixture_is_the_sample_ratios_with_two_cells()
    {
        // g = 0.2 and h = 0.8 are a rate of 0.2; v = 100 are 625 units, of which s = 10 more converted than the 125 expected.
        var mixture = Assert.Single(Confseq("betaBinomialLogMixture"));
        Assert.Equal(mixture.Number("y"), LogE(0.2, 135, 625, 625), 1e-6);

        // Whole units cross on either side of the published boundary.
        var bound = Confseq("betaBinomialMixtureBound").Single(r => !r.GetProperty("args").GetProperty("oneSided").GetBoolean()).Number("y");
        Assert.True(LogE(0.2, 125 + (long)Math.Floor(bound), 625, 625) < Math.Log(20));
        Assert.True(LogE(0.2, 125 + (long)Math.Ceiling(bound), 625, 625) > Math.Log(20));
    }

    [Fact]
    public void Welchs_test_and_the_relative_error_agree_with_gbstats()
    {
        var absolute = Gbstats("welch-absolute");
        var test = WelchTest.Compare(Sample(absolute, "b"), Sample(absolute, "a")).Value;
        Assert.Equal(absolute.Number("expected"), test.Difference, FiveDigits);
        Assert.Equal(absolute.Number("se"), test.StandardError, FiveDigits);
        Assert.Equal(absolute.Number("p"), test.PTwoSided, FiveDigits);
        var interval = test.Interval(0.95);
        Assert.Equal(absolute.GetProperty("ci")[0].GetDouble(), interval.Lower, FiveDigits);
        Assert.Equal(absolute.GetProperty("ci")[1].GetDouble(), interval.Upper, FiveDigits);

        var greater = Gbstats("one-sided greater absolute");
        var oneSided = WelchTest.Compare(Sample(greater, "b"), Sample(greater, "a")).Value;
        Assert.Equal(greater.Number("p"), oneSided.PGreater, FiveDigits);
        Assert.Equal(greater.GetProperty("ci")[0].GetDouble(), oneSided.Interval(0.9).Lower, FiveDigits);

        var (lift, error) = Relative(Gbstats("welch-relative"));
        Assert.Equal(Gbstats("welch-relative").Number("expected"), lift, FiveDigits);
        Assert.Equal(Gbstats("welch-relative").Number("se"), error, FiveDigits);
    }

    [Theory]
    [InlineData("sequential-relative Nstar=1000", 1000)]
    [InlineData("sequential-relative-proportion Nstar=5000", 5000)]
    public void Sequences_agree_with_gbstats(string name, double tightestAt)
    {
        var row = Gbstats(name);
        var (lift, error) = Relative(row);
        Assert.Equal(row.Number("expected"), lift, FiveDigits);
        Assert.Equal(row.Number("se"), error, FiveDigits);
        var half = error * new AsymptoticSequence(tightestAt, 0.05).Critical(row.GetProperty("a").Number("n") + row.GetProperty("b").Number("n"));
        Assert.Equal(row.GetProperty("ci")[0].GetDouble(), lift - half, FiveDigits);
        Assert.Equal(row.GetProperty("ci")[1].GetDouble(), lift + half, FiveDigits);
    }

    private static double LogE(double rate, long converted, long trials, double tightestAt)
    {
        // Howard et al. (2021), proposition 7, with g = p and h = 1 − p: a beta distribution around p, as narrow as is best at that size.
        var rho = new AsymptoticSequence(tightestAt, 0.05).Rho;
        return DirichletMultinomial.Evidence([converted, trials - converted], [rate, 1 - rate], Math.Max((1 / (rho * rho)) - 1, 1e-3)).LogE;
    }

    private static (double Lift, double StandardError) Relative(JsonElement row)
    {
        var (control, treatment) = (Sample(row, "a"), Sample(row, "b"));
        return (
            RelativeLift.Of(treatment.Mean, control.Mean).Value,
            RelativeLift.DeltaStandardError(treatment.Mean, treatment.Variance!.Value / treatment.Count, control.Mean, control.Variance!.Value / control.Count).Value);
    }

    private static Moments Sample(JsonElement row, string arm)
    {
        var sums = row.GetProperty(arm);
        var count = (long)sums.Number("n");
        return sums.TryGetProperty("x", out var converted)
            ? new Moments(count, converted.GetDouble() / count, converted.GetDouble() * (1 - (converted.GetDouble() / count)) * (count - 1) / count)
            : new Moments(count, sums.Number("sum") / count, sums.Number("sumSq") - (sums.Number("sum") * sums.Number("sum") / count));
    }

    private static List<JsonElement> Confseq(string function) =>
        [.. Cases("confseq-published").Where(r => r.GetProperty("f").GetString() == function)];

    private static JsonElement Gbstats(string name) => Cases("gbstats-published").Single(r => r.GetProperty("test").GetString() == name);
}
