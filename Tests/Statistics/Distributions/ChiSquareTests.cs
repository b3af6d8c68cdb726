using Bandstand.Statistics.Distributions;
using static Bandstand.Tests.Statistics.GoldenFigures;

namespace Bandstand.Tests.Statistics.Distributions;

public class ChiSquareTests
{
    [Fact]
    public void Sample_ratios_of_one_look_agree_with_reference_figures() => Assert.All(Cases("srm-chi2"), row =>
    {
        double[] observed = [.. row.GetProperty("observed").EnumerateArray().Select(n => n.GetDouble())];
        double[] weights = [.. row.GetProperty("weights").EnumerateArray().Select(n => n.GetDouble())];
        double[] expected = [.. weights.Select(w => w / weights.Sum() * observed.Sum())];
        var square = observed.Zip(expected, (o, e) => (o - e) * (o - e) / e).Sum();
        var likelihood = 2 * observed.Zip(expected, (o, e) => o * Math.Log(o / e)).Sum();
        Assert.Equal(row.Number("chi2"), square, 1e-9 * row.Number("chi2"));
        Assert.Equal(row.Number("g"), likelihood, (1e-9 * row.Number("g")) + 1e-12);
        Agree(row.Number("p"), ChiSquare.Survival(row.Number("chi2"), row.Number("df")), 1e-9, row, "p");
        Agree(row.Number("pG"), ChiSquare.Survival(row.Number("g"), row.Number("df")), 1e-9, row, "p of G");
    });
}
