using System.Text.Json;
using Bandstand.Statistics;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Tests.Statistics.FixedHorizon;

public class CovariateAdjustmentTests
{
    [Fact]
    public void Theta_difference_and_its_error_agree_with_the_golden_cases_to_1e_8()
    {
        foreach (var row in GoldenFigures.Cases("cuped"))
        {
            CovariateSample[] samples = [Sample(row.GetProperty("control")), Sample(row.GetProperty("treatment"))];
            var adjustment = CovariateAdjustment.Of(samples).Value;
            var adjusted = adjustment.Adjust(samples);
            var (difference, error) = Difference([.. adjusted.Select(a => a.Moments)]);
            var expected = row.GetProperty("cuped").GetProperty("withinArm");
            GoldenFigures.Agree(expected.Number("theta"), adjustment.Theta, 1e-8, row, "theta");
            GoldenFigures.Agree(expected.Number("diff"), difference, 1e-8, row, "difference");
            GoldenFigures.Agree(expected.Number("se"), error, 1e-8, row, "standard error");
            GoldenFigures.Agree(expected.Number("p"), 2 * Normal.Survival(Math.Abs(difference / error)), 1e-8, row, "p");
            var (_, before) = Difference([.. samples.Select(s => s.Joint.Y)]);
            GoldenFigures.Agree(row.Number("varianceReductionWithin"), 1 - (error * error / (before * before)), 1e-8, row, "reduction");
        }
    }

    [Fact]
    public void Who_is_unknown_takes_the_mean_and_an_indicator_as_in_a_regression_on_the_people()
    {
        var random = new Random(11);
        var people = Enumerable.Range(0, 900).Select(i =>
        {
            var x = random.NextDouble() * 10;
            var isKnown = random.NextDouble() < (i % 3 == 0 ? 0.7 : 0.9);
            return (Arm: i % 3, X: isKnown ? x : (double?)null, Y: (2 * x) + (isKnown ? 0 : 5) + (8 * random.NextDouble()) + (i % 3));
        }).ToArray();
        CovariateSample[] samples = [.. Enumerable.Range(0, 3).Select(arm => new CovariateSample(
            people.Where(p => p.Arm == arm && p.X is not null).Aggregate(default(JointMoments), (sum, p) => sum.Add(p.X!.Value, p.Y)),
            people.Where(p => p.Arm == arm && p.X is null).Aggregate(default(Moments), (sum, p) => sum.Add(p.Y))))];

        var adjusted = CovariateAdjustment.Of(samples).Value.Adjust(samples);

        // The plain way: impute, then least squares of the deviations from the arms' means on both columns.
        var mean = people.Where(p => p.X is not null).Average(p => p.X!.Value);
        var rows = people.Select(p => (p.Arm, X: p.X ?? mean, Z: p.X is null ? 1.0 : 0, p.Y)).ToArray();
        var within = rows.Select(r => (X: r.X - Of(rows, r.Arm, q => q.X), Z: r.Z - Of(rows, r.Arm, q => q.Z), Y: r.Y - Of(rows, r.Arm, q => q.Y))).ToArray();
        double xx = within.Sum(w => w.X * w.X), xz = within.Sum(w => w.X * w.Z), zz = within.Sum(w => w.Z * w.Z), xy = within.Sum(w => w.X * w.Y), zy = within.Sum(w => w.Z * w.Y);
        var (theta, indicator) = (((xy * zz) - (zy * xz)) / ((xx * zz) - (xz * xz)), ((zy * xx) - (xy * xz)) / ((xx * zz) - (xz * xz)));
        for (var arm = 0; arm < 3; arm++)
        {
            var values = rows.Where(r => r.Arm == arm).Select(r => (r.Y, Adjusted: r.Y - (theta * (r.X - rows.Average(q => q.X))) - (indicator * (r.Z - rows.Average(q => q.Z))))).ToArray();
            var expected = values.Aggregate(default(JointMoments), (sum, v) => sum.Add(v.Y, v.Adjusted));
            Assert.Equal(expected.MeanY, adjusted[arm].Moments.Mean, 1e-10);
            Assert.Equal(expected.M2Y, adjusted[arm].Moments.M2, 1e-9 * expected.M2Y);
            Assert.Equal(expected.Product, adjusted[arm].Product, 1e-9 * expected.Product);
        }
    }

    [Fact]
    public void The_unit_of_the_covariate_does_not_matter()
    {
        var random = new Random(5);
        var people = Enumerable.Range(0, 400).Select(_ => random.NextDouble()).Select(x => (X: x, Y: x + random.NextDouble())).ToArray();
        CovariateSample[] Samples(double factor, double shift) => [.. people.Chunk(200).Select(half => new CovariateSample(half.Aggregate(default(JointMoments), (sum, p) => sum.Add((factor * p.X) + shift, p.Y)), default))];
        var (plain, scaled) = (Samples(1, 0), Samples(-40, 1_000));
        var (one, other) = (CovariateAdjustment.Of(plain).Value.Adjust(plain), CovariateAdjustment.Of(scaled).Value.Adjust(scaled));
        Assert.All(one.Zip(other), pair =>
        {
            Assert.Equal(pair.First.Moments.Mean, pair.Second.Moments.Mean, 1e-10);
            Assert.Equal(pair.First.Moments.M2, pair.Second.Moments.M2, 1e-8);
        });
    }

    [Fact]
    public void A_covariate_that_says_nothing_adjusts_nothing()
    {
        var rest = new Moments(50, 1, 20);
        Assert.Equal("no-covariate", CovariateAdjustment.Of([new(default, rest), new(default, rest)]).Reason!.Code);
        Assert.Equal("no-covariate", CovariateAdjustment.Of([new(new JointMoments(50, 3, 1, 0, 20, 0), rest), new(default, rest)]).Reason!.Code);
    }

    private static double Of((int Arm, double X, double Z, double Y)[] rows, int arm, Func<(int Arm, double X, double Z, double Y), double> number) => rows.Where(r => r.Arm == arm).Average(number);

    private static (double Difference, double Error) Difference(Moments[] pair)
        => (pair[1].Mean - pair[0].Mean, Math.Sqrt(pair.Sum(m => m.Variance!.Value / m.Count)));

    private static CovariateSample Sample(JsonElement sums)
    {
        var n = sums.GetProperty("n").GetInt64();
        var (x, y) = (sums.Number("sumX") / n, sums.Number("sumY") / n);
        return new(new JointMoments(n, x, y, sums.Number("sumX2") - (n * x * x), sums.Number("sumY2") - (n * y * y), sums.Number("sumXY") - (n * x * y)), default);
    }
}
