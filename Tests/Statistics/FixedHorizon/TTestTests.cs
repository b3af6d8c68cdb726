using System.Text.Json;
using Bandstand.Statistics;
using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Tests.Statistics.FixedHorizon;

public class TTestTests
{
    [Fact]
    public void Every_row_of_SciPys_t_tests_agrees_to_1e_9()
    {
        foreach (var row in GoldenFigures.Cases("t-tests"))
        {
            var (treatment, control) = (Sample(row, "treatment"), Sample(row, "control"));
            var test = (row.GetProperty("test").GetString() == "welch" ? WelchTest.Compare(treatment, control) : StudentTest.Compare(treatment, control)).Value;
            GoldenFigures.Agree(row.Number("diff"), test.Difference, 1e-9, row, "difference");
            GoldenFigures.Agree(row.Number("se"), test.StandardError, 1e-9, row, "standard error");
            GoldenFigures.Agree(row.Number("df"), test.DegreesOfFreedom, 1e-9, row, "degrees of freedom");
            GoldenFigures.Agree(row.Number("t"), test.T, 1e-9, row, "t");
            GoldenFigures.Agree(row.Number("pTwoSided"), test.PTwoSided, 1e-9, row, "two-sided p");
            GoldenFigures.Agree(row.Number("pGreater"), test.PGreater, 1e-9, row, "p greater");
            GoldenFigures.Agree(row.Number("pLess"), test.PLess, 1e-9, row, "p less");
            GoldenFigures.Agree(row.Interval("ci95"), test.Interval(0.95), 1e-9, row, "interval");
        }
    }

    [Fact]
    public void The_pooled_test_of_the_replays_first_batch_is_what_the_notebook_computed()
    {
        // Counts multiplied by 5, banner 0 minus banner 1: first row of the replay's statistics.
        var test = StudentTest.Compare(
            Moments.FromSummary(5 * 570, 0.08070175438596491, 0.2726157847186408),
            Moments.FromSummary(5 * 161, 0.11180124223602485, 0.3161049829541559)).Value;
        Assert.Equal(-2.755552635874747, test.T, 1e-13);
        Assert.Equal(3653, test.DegreesOfFreedom);
        Assert.Equal(0.005888366133659704, test.PTwoSided, 1e-15);
    }

    [Fact]
    public void Swapping_the_samples_mirrors_the_test()
    {
        var (one, other) = (Moments.FromSummary(12, 3.5, 1.25), Moments.FromSummary(40, 3.1, 0.8));
        var (there, back) = (WelchTest.Compare(one, other).Value, WelchTest.Compare(other, one).Value);
        Assert.Equal(-there.T, back.T);
        Assert.Equal(there.PTwoSided, back.PTwoSided);
        Assert.Equal(there.Interval(0.9), back.Interval(0.9).Negate());
    }

    [Fact]
    public void A_difference_of_forty_standard_errors_has_a_p_value_that_is_not_zero()
    {
        var test = WelchTest.Compare(Moments.FromSummary(1000, 0.4, 1), Moments.FromSummary(1_000_000, -0.8, 1)).Value;
        Assert.InRange(test.PTwoSided, 1e-300, 1e-150);
    }

    [Theory]
    [InlineData(1, 5, "few-participants")]
    [InlineData(5, 0, "few-participants")]
    public void Fewer_than_two_participants_are_said_to_be_too_few(int first, int second, string code)
    {
        var (one, other) = (Equal(first, 1), Equal(second, 2));
        Assert.Equal(code, WelchTest.Compare(one, other).Reason!.Code);
        Assert.Equal(code, StudentTest.Compare(one, other).Reason!.Code);
    }

    [Theory]
    [InlineData(2, "zero-variance")]
    [InlineData(3, "zero-variance-unequal")]
    public void Without_spread_there_is_no_test_and_the_reason_tells_equal_from_unequal(double other, string code)
    {
        Assert.Equal(code, WelchTest.Compare(Equal(5, 2), Equal(4, other)).Reason!.Code);
        Assert.Equal(code, StudentTest.Compare(Equal(5, 2), Equal(4, other)).Reason!.Code);
        Assert.Throws<InvalidOperationException>(() => StudentTest.Compare(Equal(5, 2), Equal(4, other)).Value);
    }

    [Fact]
    public void An_estimate_is_never_NaN()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Estimate<double>(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => (Estimate<double>)double.PositiveInfinity);
        Assert.False(default(Estimate<double>).IsAvailable);
        Assert.Equal("not-yet", default(Estimate<double>).Reason!.Code);
    }

    private static Moments Sample(JsonElement row, string arm)
    {
        var summary = row.GetProperty(arm);
        return Moments.FromSummary(summary.GetProperty("n").GetInt64(), summary.Number("mean"), summary.Number("sd"));
    }

    private static Moments Equal(int count, double x) => Enumerable.Repeat(x, count).Aggregate(default(Moments), (m, y) => m.Add(y));
}
