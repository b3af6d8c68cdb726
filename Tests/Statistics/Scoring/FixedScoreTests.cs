using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Scoring;
using static Bandstand.Tests.Statistics.Scoring.ScoreData;

namespace Bandstand.Tests.Statistics.Scoring;

/// <summary>Expected figures: mpmath at 30 digits, Welch and Fieller at Welch's t, pooled z, Fisher by enumeration.</summary>
public class FixedScoreTests
{
    [Theory]
    [InlineData(3407, 0.41, 3.9, 3461, 0.7, 6.2, 0.020158402643586961, 0.70731707317073171, 0.094061970771286547, 1.7086899441918986)]
    [InlineData(12, 10, 2, 9, 11.5, 3, 0.21623212551957732, 0.15, -0.093535101955667659, 0.42979190874634361)]
    public void Values_are_compared_by_Welch_and_Fieller(
        int n, double mean, double deviation, int m, double other, double otherDeviation, double p, double lift, double lower, double upper)
    {
        var report = Scorer.Score([Sample("a", n, mean, deviation), Sample("b", m, other, otherDeviation)], Request(ScoreMethod.Fixed, MetricKind.Value));
        Check(report.Alternatives[1], p, lift, lower, upper);
    }

    [Theory]
    [InlineData(1000, 120, 1000, 150, 0.049640386865368789, 0.25, 0.00056925525415881271, 0.57189897028962511)]
    [InlineData(10000, 1000, 10000, 1200, 6.1884587817387181e-6, 0.2, 0.108854256940195, 0.29947208086793973)]
    public void Conversions_are_compared_by_the_pooled_z(long n, long c, long m, long d, double p, double lift, double lower, double upper) =>
        Check(Scorer.Score(Conversions([n, c], [m, d]), Request(ScoreMethod.Fixed)).Alternatives[1], p, lift, lower, upper);

    [Fact]
    public void Few_conversions_are_compared_by_Fisher_and_have_no_lift()
    {
        var row = Scorer.Score(Conversions([22, 7], [20, 1]), Request(ScoreMethod.Fixed)).Alternatives[1];
        Assert.Equal(0.047124047124047124, row.PValue!.Value, 1e-12);
        Assert.Null(row.Lift);
        Assert.Equal(ScoreCodes.FewConversions, Code(row, "lift"));
    }

    [Fact]
    public void A_control_that_cannot_be_told_from_zero_leaves_the_lift_unbounded()
    {
        var row = Scorer.Score([Sample("a", 400, 0.2, 10), Sample("b", 400, 0.3, 10)], Request(ScoreMethod.Fixed, MetricKind.Value)).Alternatives[1];
        Assert.Null(row.Lift);
        Assert.Equal(ScoreCodes.Unbounded, Code(row, "lift"));
        Assert.NotNull(row.PValue);
    }

    [Fact]
    public void The_interval_of_a_value_excludes_no_lift_exactly_when_the_test_says_so()
    {
        for (var step = 0; step <= 400; step++)
        {
            var row = Scorer.Score(
                [Sample("a", 50, 10, 2), Sample("b", 40, 10 + (step * 0.005), 3)], Request(ScoreMethod.Fixed, MetricKind.Value)).Alternatives[1];
            Assert.Equal(row.PValue < 0.05, row.Lift!.Lower > 0);
        }
    }

    [Fact]
    public void The_best_must_beat_every_other_after_Holm()
    {
        var arms = Conversions([1000, 100], [1000, 120], [1000, 90], [1000, 140]);
        var report = Scorer.Score(arms, Request(ScoreMethod.Fixed, probability: 95));
        Assert.Equal(0.18358683323720909, report.BestPValue!.Value, 1e-12);
        Assert.Null(report.Choice);
        Assert.Contains(report.Missing, m => m.Code == ScoreCodes.NotSignificant && m.Detail.Contains("p = 0.184, and 0.05 is needed", StringComparison.Ordinal));
        Assert.Equal("d", Scorer.Score(arms, Request(ScoreMethod.Fixed, probability: 81)).Choice);
    }

    [Fact]
    public void Where_less_is_better_the_lift_keeps_its_own_sign()
    {
        var report = Scorer.Score(Conversions([1000, 150], [1000, 120]), Request(ScoreMethod.Fixed, sign: -1, probability: 95));
        Assert.Equal(("b", "b"), (report.Best, report.Choice));
        Assert.Equal(-0.2, report.Alternatives[1].Lift!.Estimate, 1e-15);
        Assert.Equal(0.049640386865368789, report.Alternatives[1].PValue!.Value, 1e-12);
    }

    [Fact]
    public void An_empty_alternative_keeps_the_verdict_open()
    {
        var report = Scorer.Score(Conversions([1000, 50], [1000, 200], [0, 0]), Request(ScoreMethod.Fixed, probability: 95));
        Assert.Null(report.BestPValue);
        Assert.Null(report.Choice);
        Assert.Equal([ScoreCodes.EmptyAlternative], report.Missing.Select(m => m.Code));
    }

    [Fact]
    public void What_is_missing_says_how_much_more_it_would_take()
    {
        // z is 0.94 at 2 000 participants; 1.96 takes (1.96 / 0.94)² times as many.
        var report = Scorer.Score(Conversions([1000, 120], [1000, 134]), Request(ScoreMethod.Fixed));
        Assert.Contains(report.Missing, m => m.Detail.EndsWith("about 6700 participants more.", StringComparison.Ordinal) && m.Participants == 6700);
    }

    [Fact]
    public void Conclusions_quote_the_p_value()
    {
        var report = Scorer.Score(Conversions([10000, 1000], [10000, 1200]), Request(ScoreMethod.Fixed).ForConclusion());
        Assert.Equal(["participants", "best", "significant", "converted", "selected"], Conclusion.Of(report).Select(claim => claim.Code));
        Assert.Equal(report.BestPValue, Conclusion.Of(report)[2].Args.PValue);
    }

    private static void Check(ScoreRow row, double p, double lift, double lower, double upper)
    {
        Assert.Equal(p, row.PValue!.Value, p * 1e-9);
        Assert.Equal(lift, row.Lift!.Estimate, 1e-12);
        Assert.Equal(lower, row.Lift.Lower, 1e-9);
        Assert.Equal(upper, row.Lift.Upper, 1e-9);
    }

    private static string Code(ScoreRow row, string field) => row.Unavailable.Single(u => u.Field == field).Code;

    private static ArmData Sample(string key, int count, double mean, double deviation) =>
        new(key, $"\"{key}\"", count, count, mean * count, new Moments(count, mean, deviation * deviation * (count - 1)));
}
