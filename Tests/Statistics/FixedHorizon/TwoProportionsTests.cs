using System.Text.Json;
using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Tests.Statistics.FixedHorizon;

public class TwoProportionsTests
{
    [Fact]
    public void Every_row_agrees_to_1e_9()
    {
        foreach (var row in GoldenFigures.Cases("two-proportions"))
        {
            var (treatment, control) = (Counts(row, "treatment"), Counts(row, "control"));
            var pooled = TwoProportions.Pooled(treatment, control).Value;
            var unpooled = TwoProportions.Unpooled(treatment, control).Value;
            GoldenFigures.Agree(row.Number("diff"), pooled.Difference, 1e-9, row, "difference");
            GoldenFigures.Agree(row.Number("zPooled"), pooled.Z, 1e-9, row, "pooled z");
            GoldenFigures.Agree(row.Number("pPooled"), pooled.PTwoSided, 1e-9, row, "pooled p");
            GoldenFigures.Agree(row.Number("zUnpooled"), unpooled.Z, 1e-9, row, "unpooled z");
            GoldenFigures.Agree(row.Number("pUnpooled"), unpooled.PTwoSided, 1e-9, row, "unpooled p");
            GoldenFigures.Agree(row.Interval("waldCi95"), unpooled.Interval(0.95), 1e-9, row, "Wald");
            GoldenFigures.Agree(row.Interval("newcombeCi95"), TwoProportions.NewcombeInterval(treatment, control, 0.95).Value, 1e-9, row, "Newcombe");
            GoldenFigures.Agree(row.Number("fisherP"), FisherExact.PTwoSided(treatment, control).Value, 1e-9, row, "Fisher");
            GoldenFigures.Agree(row.Interval("wilsonTreatmentCi95"), treatment.WilsonInterval(0.95).Value, 1e-9, row, "Wilson");
        }
    }

    [Theory]
    [InlineData(3, 0, 0, 3, 0.1)]
    [InlineData(1, 9, 11, 3, 0.0027594561852200836)]
    [InlineData(8, 2, 1, 5, 0.034965034965034975)]
    public void Fishers_test_gives_textbook_values(long a, long b, long c, long d, double expected)
        => Assert.Equal(expected, FisherExact.PTwoSided(new Proportion(a, a + b), new Proportion(c, c + d)).Value, 1e-14);

    [Fact]
    public void Fishers_test_is_symmetric_in_both_alternatives_and_in_both_outcomes()
    {
        for (var x = 0; x <= 9; x++)
        {
            var p = FisherExact.PTwoSided(new Proportion(x, 9), new Proportion(4, 13)).Value;
            Assert.Equal(p, FisherExact.PTwoSided(new Proportion(4, 13), new Proportion(x, 9)).Value, 1e-13);
            Assert.Equal(p, FisherExact.PTwoSided(new Proportion(9 - x, 9), new Proportion(9, 13)).Value, 1e-13);
        }
    }

    [Fact]
    public void Nobody_of_many_gives_intervals_that_touch_zero_and_no_more()
    {
        var none = new Proportion(0, 50);
        Assert.Equal(0, none.WilsonInterval(0.95).Value.Lower);
        Assert.Equal(1, new Proportion(50, 50).WilsonInterval(0.95).Value.Upper);
        var score = MiettinenNurminen.Interval(none, new Proportion(0, 50), 0.95).Value;
        Assert.InRange(score.Lower, -0.1, -0.05);
        Assert.Equal(-score.Lower, score.Upper, 1e-9);
    }

    [Fact]
    public void Where_all_or_none_convert_there_is_no_z_and_the_reason_is_said()
    {
        Assert.Equal("zero-variance", TwoProportions.Pooled(new Proportion(0, 5), new Proportion(0, 7)).Reason!.Code);
        Assert.Equal("zero-variance-unequal", TwoProportions.Unpooled(new Proportion(0, 5), new Proportion(7, 7)).Reason!.Code);
        Assert.Equal("few-participants", TwoProportions.Pooled(new Proportion(0, 0), new Proportion(1, 7)).Reason!.Code);
        Assert.Equal("few-participants", FisherExact.PTwoSided(default, new Proportion(1, 7)).Reason!.Code);
        Assert.Equal("few-participants", MiettinenNurminen.Interval(default, new Proportion(1, 7), 0.95).Reason!.Code);
    }

    [Fact]
    public void Impossible_counts_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Proportion(8, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Proportion(-1, 7));
    }

    [Theory]
    [InlineData(5, 10, 5, 10, true)]
    [InlineData(4, 10, 5, 10, false)]
    [InlineData(500, 1000, 2, 4, false)]
    public void Large_means_five_expected_in_each_cell(long x1, long n1, long x2, long n2, bool expected)
        => Assert.Equal(expected, TwoProportions.IsLarge(new Proportion(x1, n1), new Proportion(x2, n2)));

    private static Proportion Counts(JsonElement row, string arm)
        => new(row.GetProperty(arm).GetProperty("x").GetInt64(), row.GetProperty(arm).GetProperty("n").GetInt64());
}
