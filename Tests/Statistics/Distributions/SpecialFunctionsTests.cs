using System.Globalization;
using System.Text.Json;
using Bandstand.Statistics.Distributions;

namespace Bandstand.Tests.Statistics.Distributions;

/// <summary>
/// Rows of special-functions.json (40-digit mpmath) and special-functions-edges.json (60 digits, see make_special_functions.py).
/// </summary>
public class SpecialFunctionsTests
{
    [Theory]
    [InlineData("normCdf")]
    [InlineData("normSf")]
    [InlineData("normInv")]
    [InlineData("tSf")]
    [InlineData("chi2Sf")]
    [InlineData("betaInc")]
    [InlineData("betaSf")]
    [InlineData("logGamma")]
    public void Every_row_agrees_to_1e_12_and_far_tails_to_1e_9(string function)
    {
        var rows = GoldenFigures.Cases("special-functions").Concat(GoldenFigures.Cases("special-functions-edges"))
            .Where(row => row.GetProperty("f").GetString() == function)
            .ToList();
        Assert.True(rows.Count > 10);
        foreach (var row in rows)
        {
            var expected = row.Number("y");
            GoldenFigures.Agree(expected, Compute(function, row), Tolerance(function, row, expected), row);
        }
    }

    [Theory]
    [InlineData(1, 1, 0.9876)]
    [InlineData(2, 5, 0.01)]
    [InlineData(120000, 880000, 0.1195)]
    public void The_logarithm_of_the_incomplete_beta_function_is_that_of_the_function(double a, double b, double x)
        => Assert.Equal(Math.Log(IncompleteBeta.Regularized(a, b, x)), IncompleteBeta.LogRegularized(a, b, x, 1 - x), 1e-12);

    [Fact]
    public void The_logarithm_of_the_incomplete_beta_function_goes_on_where_the_function_underflows()
    {
        Assert.Equal(0, IncompleteBeta.Regularized(3000, 7000, 1e-6));

        // I_x(a, b) → x^a (1 − x)^b / (a B(a, b)) × (1 + x (a + b)/(a + 1) + …) for small x.
        var expected = (3000 * Math.Log(1e-6)) + (7000 * Math.Log(1 - 1e-6)) - Math.Log(3000) - GammaFunction.LogBeta(3000, 7000)
            + Math.Log(1 + (1e-6 * 10000 / 3001));
        Assert.Equal(expected, IncompleteBeta.LogRegularized(3000, 7000, 1e-6, 1 - 1e-6), 1e-6);
    }

    [Fact]
    public void Both_tails_of_every_distribution_sum_to_one()
    {
        foreach (var df in new[] { 0.7, 1, 3, 19.9, 20.1, 50, 1e4, 1e8 })
        {
            foreach (var t in new[] { 0, 0.01, 0.5, 1, 2, 5 })
            {
                Assert.Equal(1, StudentT.Survival(t, df) + StudentT.Survival(-t, df), 1e-15);
            }
        }

        Assert.Equal(1, Normal.Cdf(0.3) + Normal.Survival(0.3), 1e-15);
    }

    [Fact]
    public void The_two_ways_to_Students_tail_meet_where_one_takes_over_from_the_other()
    {
        foreach (var t in new[] { 0.1, 1, 3, 6, 11 })
        {
            var gap = Math.Abs((StudentT.Survival(t, 20) / StudentT.Survival(t, Math.BitIncrement(20.0))) - 1);
            Assert.InRange(gap, 0, 1e-12);
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(1.7)]
    [InlineData(2.9)]
    [InlineData(8)]
    [InlineData(31.4)]
    [InlineData(1e4)]
    [InlineData(1e8)]
    public void Quantiles_of_Students_t_are_the_inverse_of_its_tail(double df)
    {
        foreach (var q in new[] { 0.4999, 0.4, 0.25, 0.1, 0.025, 0.005, 1e-6, 1e-20, 1e-60 })
        {
            var t = StudentT.UpperQuantile(q, df);
            Assert.InRange(Math.Abs((StudentT.Survival(t, df) / q) - 1), 0, 1e-11);
            if (q > 0.001)
            {
                Assert.Equal(-t, StudentT.UpperQuantile(1 - q, df), 1e-11 * t);
            }
        }
    }

    [Fact]
    public void Known_quantiles_come_out()
    {
        Assert.Equal(12.706204736174698, StudentT.UpperQuantile(0.025, 1), 1e-12);
        Assert.Equal(2.228138851986274, StudentT.UpperQuantile(0.025, 10), 1e-13);
        Assert.Equal(0, StudentT.UpperQuantile(0.5, 3));
        Assert.Equal(1.959963984540054, Normal.UpperQuantile(0.025), 1e-15);
    }

    [Fact]
    public void Quantiles_of_the_normal_distribution_reach_1e_300()
    {
        for (var exponent = 1; exponent <= 300; exponent++)
        {
            var p = Math.Pow(10, -exponent);
            Assert.InRange(Math.Abs((Normal.Cdf(Normal.Quantile(p)) / p) - 1), 0, 3e-12);
        }
    }

    [Fact]
    public void Arguments_outside_the_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Normal.Quantile(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Normal.Quantile(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Survival(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Survival(double.NaN, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChiSquare.Survival(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => IncompleteBeta.Regularized(0, 1, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => IncompleteBeta.Regularized(1, 1, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => GammaFunction.Log(0));
    }

    private static double Compute(string function, JsonElement row) => function switch
    {
        "normCdf" => Normal.Cdf(row.Number("x")),
        "normSf" => Normal.Survival(row.Number("x")),
        "normInv" => NormalQuantile(row.GetProperty("p").GetRawText()),
        "tSf" => StudentT.Survival(row.Number("t"), row.Number("df")),
        "chi2Sf" => ChiSquare.Survival(row.Number("x"), row.Number("df")),
        "betaInc" => IncompleteBeta.Regularized(row.Number("a"), row.Number("b"), row.Number("x")),
        "betaSf" => IncompleteBeta.Regularized(row.Number("b"), row.Number("a"), 1 - row.Number("x"), row.Number("x")),
        "logGamma" => GammaFunction.Log(row.Number("x")),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "unknown"),
    };

    /// <summary>
    /// The quantile of the decimal number as written: near 1 the nearest double is another number, so the upper tail is asked.
    /// </summary>
    private static double NormalQuantile(string text)
    {
        var isDecimal = decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var p) && p > 0.5m;
        return isDecimal ? Normal.UpperQuantile((double)(1 - p)) : Normal.Quantile(double.Parse(text, CultureInfo.InvariantCulture));
    }

    private static double Tolerance(string function, JsonElement row, double expected)
    {
        // This one row of special-functions.json is itself off by 3.4e-12: 60 digits say 0.501160769136249.
        var isKnownSlip = function == "betaInc" && row.Number("a") == 3000 && row.Number("x") == 0.3 && expected != 0.501160769136249;
        return isKnownSlip ? 4e-12 : Math.Abs(expected) is > 0 and < 1e-250 ? 1e-9 : 1e-12;
    }
}
