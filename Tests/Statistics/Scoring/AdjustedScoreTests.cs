using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.FixedHorizon;
using Bandstand.Statistics.Scoring;
using static Bandstand.Tests.Statistics.Scoring.ScoreData;

namespace Bandstand.Tests.Statistics.Scoring;

public class AdjustedScoreTests
{
    [Theory]
    [InlineData(ScoreMethod.Fixed, MetricKind.Value)]
    [InlineData(ScoreMethod.Sequential, MetricKind.Value)]
    [InlineData(ScoreMethod.Fixed, MetricKind.Conversion)]
    [InlineData(ScoreMethod.Sequential, MetricKind.Conversion)]
    public void One_p_value_that_of_the_adjusted_difference_and_the_raw_lift_beside_it(ScoreMethod method, MetricKind kind)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var arms = Arms(seed, 2_000, kind, effect: 0.02 * seed);
            var raw = Scorer.Score(arms, Request(method, kind)).Alternatives[1];
            var report = Scorer.Score(arms, Request(method, kind) with { Covariate = "spend30d" });
            var row = report.Alternatives[1];

            Assert.Equal((raw.Mean, raw.StdDev, raw.Rate), (row.Mean, row.StdDev, row.Rate));
            Assert.Equal(raw.Lift, row.Adjusted!.UnadjustedLift);
            Assert.InRange(row.Adjusted.VarianceReduction!.Value, kind == MetricKind.Value ? 0.5 : 0.1, 0.95);
            Assert.True(row.Lift!.Upper - row.Lift.Lower < raw.Lift!.Upper - raw.Lift.Lower);
            Assert.Equal(row.PValue > 0.05, row.Lift.Lower <= 0 && row.Lift.Upper >= 0);
            Assert.Equal((row.Adjusted.Mean - report.Alternatives[0].Adjusted!.Mean) / report.Alternatives[0].Mean!.Value, row.Lift.Estimate, 1e-9);
            Assert.Equal(row.Adjusted.Mean > report.Alternatives[0].Adjusted!.Mean ? "b" : "a", report.Best);
            Assert.Equal(1, report.Adjustment!.Coverage);
            Assert.NotNull(report.Adjustment.Theta);
        }
    }

    [Fact]
    public void A_mirrored_goal_gives_the_mirrored_answer()
    {
        var arms = Arms(3, 2_000, MetricKind.Value, effect: 0.3);
        ArmData[] mirror = [.. arms.Select(arm => arm with
        {
            Totals = arm.Totals.Scale(-1),
            Covariate = new CovariateSample(arm.Covariate!.Joint with { MeanY = -arm.Covariate.Joint.MeanY, Product = -arm.Covariate.Joint.Product }, default),
        })];
        foreach (var method in new[] { ScoreMethod.Fixed, ScoreMethod.Sequential })
        {
            var up = Scorer.Score(arms, Request(method, MetricKind.Value, probability: 95) with { Covariate = "x" });
            var down = Scorer.Score(mirror, Request(method, MetricKind.Value, -1, probability: 95) with { Covariate = "x" });
            Assert.Equal((up.Best, up.Base, up.Choice), (down.Best, down.Base, down.Choice));
            Assert.Equal(up.BestPValue!.Value, down.BestPValue!.Value, 1e-12);
            Assert.Equal(up.Alternatives[1].Adjusted!.VarianceReduction!.Value, down.Alternatives[1].Adjusted!.VarianceReduction!.Value, 1e-12);
        }
    }

    [Fact]
    public void Who_cannot_be_adjusted_yet_is_told_why_and_judged_without()
    {
        var few = Arms(1, 40, MetricKind.Value, 0);
        var report = Scorer.Score(few, Request(ScoreMethod.Fixed, MetricKind.Value) with { Covariate = "x" });
        Assert.Equal("no-covariate", report.Adjustment!.Unavailable!.Code);
        Assert.Equal(Scorer.Score(few, Request(ScoreMethod.Fixed, MetricKind.Value)).Alternatives[1].PValue, report.Alternatives[1].PValue);
        Assert.Null(report.Alternatives[1].Adjusted);

        var rare = Arms(1, 150, MetricKind.Conversion, 0);
        Assert.Equal("few-conversions", Scorer.Score(rare, Request(ScoreMethod.Sequential) with { Covariate = "x" }).Adjustment!.Unavailable!.Code);
        Assert.Null(Scorer.Score(Arms(1, 2_000, MetricKind.Value, 0), Request(ScoreMethod.Bayes, MetricKind.Value) with { Covariate = "x" }).Adjustment);
    }

    [Fact]
    public void Equal_pairs_are_called_different_as_often_as_said_and_intervals_hold_the_lift()
    {
        var (called, missed) = (0, 0);
        for (var seed = 0; seed < 600; seed++)
        {
            var request = Request(ScoreMethod.Fixed, MetricKind.Value) with { Covariate = "x" };
            called += Scorer.Score(Arms(seed, 150, MetricKind.Value, 0), request).Alternatives[1].PValue <= 0.05 ? 1 : 0;
            var lift = Scorer.Score(Arms(10_000 + seed, 150, MetricKind.Value, 1), request).Alternatives[1].Lift!;
            missed += lift.Lower <= 0.2 && lift.Upper >= 0.2 ? 0 : 1;
        }

        // 5 % of 600 is 30, with a standard deviation of 5.3.
        Assert.InRange(called, 12, 48);
        Assert.InRange(missed, 12, 48);
    }

    /// <summary>Totals around 5 that follow the covariate; or conversions that it makes likely.</summary>
    private static ArmData[] Arms(int seed, int people, MetricKind kind, double effect)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 2).Select(arm =>
        {
            var joint = default(JointMoments);
            for (var i = 0; i < people; i++)
            {
                var x = random.NextDouble() * 4;
                var y = kind == MetricKind.Conversion
                    ? random.NextDouble() < 0.1 + (0.2 * x) + (arm * effect / 4) ? 1 : 0
                    : 3 + x + random.NextDouble() - 0.5 + (arm * effect);
                joint = joint.Add(x, y);
            }

            var converted = kind == MetricKind.Conversion ? (long)Math.Round(joint.MeanY * people) : people;
            return new ArmData(Key(arm), "1", people, converted, converted, joint.Y, 0.5) { Covariate = new CovariateSample(joint, default) };
        })];
    }
}
