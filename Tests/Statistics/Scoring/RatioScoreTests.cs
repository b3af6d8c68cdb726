using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.FixedHorizon;
using Bandstand.Statistics.Scoring;
using static Bandstand.Tests.Statistics.Scoring.ScoreData;

namespace Bandstand.Tests.Statistics.Scoring;

public class RatioScoreTests
{
    [Fact]
    public void Equal_pairs_are_called_different_as_often_as_said()
    {
        var (once, naive, looks, shares) = (0, 0, 0, 0);
        for (var seed = 0; seed < 600; seed++)
        {
            var samples = new[] { new Orders(2 * seed), new Orders((2 * seed) + 1) };
            var isFound = false;
            for (var look = 0; look < 8; look++)
            {
                Array.ForEach(samples, sample => sample.Add(250));
                isFound |= Score(ScoreMethod.Sequential, MetricKind.Ratio, samples).Alternatives[1].PValue <= 0.05;
            }

            looks += isFound ? 1 : 0;
            once += Score(ScoreMethod.Fixed, MetricKind.Ratio, samples).Alternatives[1].PValue <= 0.05 ? 1 : 0;
            naive += Math.Abs(Naive(samples)) > 1.96 ? 1 : 0;
            shares += Scorer.Score([Arm(0, Returns(seed, 400), 0.5), Arm(1, Returns(seed + 5000, 400), 0.5)], Request(ScoreMethod.Fixed, MetricKind.Retention)).Alternatives[1].PValue <= 0.05 ? 1 : 0;
        }

        // 5 % of 600 is 30, with a standard deviation of 5.3. Orders taken as independent of who makes them: far more.
        Assert.InRange(once, 12, 48);
        Assert.InRange(shares, 12, 48);
        Assert.InRange(looks, 0, 30);
        Assert.True(naive > 100, $"{naive}");
    }

    [Theory]
    [InlineData(ScoreMethod.Fixed)]
    [InlineData(ScoreMethod.Sequential)]
    [InlineData(ScoreMethod.Bayes)]
    public void A_mirrored_goal_gives_the_mirrored_answer(ScoreMethod method)
    {
        Orders[] samples = [new(1, 4000), new(2, 4000, worth: 1.3), new(3, 4000, worth: 1.1)];
        ArmData[] arms = [.. samples.Select((sample, i) => Arm(i, sample.Joint, 1 / 3.0))];
        ArmData[] mirror = [.. samples.Select((sample, i) => Arm(i, sample.Joint with { MeanY = -sample.Joint.MeanY, Product = -sample.Joint.Product }, 1 / 3.0))];

        var up = Scorer.Score(arms, Request(method, MetricKind.Ratio, probability: 95));
        var down = Scorer.Score(mirror, Request(method, MetricKind.Ratio, -1, probability: 95));

        Assert.Equal(("b", "c", "b"), (up.Best, up.Base, up.Choice));
        Assert.Equal((up.Best, up.Base, up.Choice), (down.Best, down.Base, down.Choice));
        Assert.All(up.Alternatives.Zip(down.Alternatives), pair =>
        {
            Assert.Equal(pair.First.Mean!.Value, -pair.Second.Mean!.Value, 1e-12);
            Assert.Equal(pair.First.PValue ?? 0, pair.Second.PValue ?? 0, 1e-12);
            Assert.Equal(pair.First.ProbabilityBest!.Value, pair.Second.ProbabilityBest!.Value, 1e-9);
        });
    }

    [Fact]
    public void An_interval_holds_the_lift_that_is_there()
    {
        var missed = Enumerable.Range(0, 300).Count(seed =>
        {
            var lift = Score(ScoreMethod.Fixed, MetricKind.Ratio, [new Orders(seed, 800), new Orders(seed + 1000, 800, worth: 1.2)]).Alternatives[1].Lift!;
            return lift.Lower > 0.2 || lift.Upper < 0.2;
        });

        // 5 % of 300 is 15, with a standard deviation of 3.8.
        Assert.InRange(missed, 4, 27);
    }

    [Theory]
    [InlineData(ScoreMethod.Fixed)]
    [InlineData(ScoreMethod.Sequential)]
    [InlineData(ScoreMethod.Bayes)]
    [InlineData(ScoreMethod.Classic)]
    public void Nothing_below_the_line_is_no_ratio_but_everybody_counts(ScoreMethod method)
    {
        var report = Scorer.Score([Arm(0, new Orders(1, 1000).Joint, 0.5), Arm(1, JointMoments.Of(1010, 0, 3), 0.5)], Request(method, MetricKind.Ratio).ForConclusion());
        var row = report.Alternatives[1];

        Assert.Equal((1010L, 2010L), (row.Participants, report.Participants));
        Assert.Equal((null, null), (row.Mean, row.StdDev));
        Assert.All(new[] { "mean", "stdDev" }, field => Assert.Equal("no-denominator", row.Unavailable.Single(u => u.Field == field).Code));
        Assert.True(row.PValue is null && row.Lift is null && row.Mature is null);
        Assert.NotNull(report.Alternatives[0].Mean);
        Assert.Contains("no-denominator", report.Missing.Select(m => m.Code));
        Assert.DoesNotContain("windows-open", report.Missing.Select(m => m.Code));
        Assert.Equal(("a", null), (report.Best, report.Choice));
        Assert.InRange(report.SampleRatio.PValue!.Value, 0.1, 1);
        Assert.Equal("no-clear-winner", Conclusion.Of(report)[1].Code);
    }

    [Fact]
    public void Too_little_below_the_line_is_not_tested()
    {
        JointMoments few = Returns(1, 90), more = Returns(2, 150);

        var fixedRow = Scorer.Score([Arm(0, more, 0.5), Arm(1, few, 0.5)], Request(ScoreMethod.Fixed, MetricKind.Retention)).Alternatives[1];
        var bayes = Scorer.Score([Arm(0, more, 0.5), Arm(1, few, 0.5)], Request(ScoreMethod.Bayes, MetricKind.Retention)).Alternatives[1];
        var sequential = Scorer.Score([Arm(0, more, 0.5), Arm(1, more, 0.5)], Request(ScoreMethod.Sequential, MetricKind.Retention)).Alternatives[1];

        Assert.Equal(("few-participants", "few-participants"), (Reason(fixedRow, "pValue"), Reason(bayes, "probabilityBest")));
        Assert.Equal("few-participants", Reason(sequential, "pValue"));
        Assert.NotNull(fixedRow.Mean);
        Assert.NotNull(Scorer.Score([Arm(0, more, 0.5), Arm(1, more, 0.5)], Request(ScoreMethod.Fixed, MetricKind.Retention)).Alternatives[1].PValue);
        Assert.NotNull(Scorer.Score([Arm(0, Returns(1, 1000), 0.5), Arm(1, Returns(2, 1000), 0.5)], Request(ScoreMethod.Sequential, MetricKind.Retention)).Alternatives[1].PValue);

        static string Reason(ScoreRow row, string field) => row.Unavailable.Single(u => u.Field == field).Code;
    }

    [Fact]
    public void A_base_rate_that_moves_with_the_weights_is_no_difference()
    {
        var (naive, stratified) = (0, 0);
        for (var seed = 0; seed < 60; seed++)
        {
            // First few in b and small orders, then many in b and orders worth twice as much; and an epoch that is too short to say anything.
            Orders[] a = [new(seed, 4000), new(seed + 100, 1000, worth: 2), new(seed + 200, 30, worth: 9)];
            Orders[] b = [new(seed + 300, 1000), new(seed + 400, 4000, worth: 2), new(seed + 500, 5, worth: 9)];
            double[] shares = [0.2, 0.8, 0.14];
            ArmData[] arms = [Epochs(0, a, [.. shares.Select(s => 1 - s)]), Epochs(1, b, shares)];
            var report = Scorer.Score(arms, Request(ScoreMethod.Sequential, MetricKind.Ratio));

            stratified += report.Alternatives[1].PValue <= 0.05 ? 1 : 0;
            naive += Scorer.Score(arms, Request(ScoreMethod.Fixed, MetricKind.Ratio)).Alternatives[1].PValue <= 0.05 ? 1 : 0;
            Assert.Equal(10_035, report.Participants);
            Assert.False(report.SampleRatio.Mismatch);
            Assert.NotNull(report.Alternatives[1].Adaptive!.Sequence);
        }

        Assert.InRange(stratified, 0, 4);
        Assert.Equal(60, naive);
    }

    [Fact]
    public void Claims_name_ratio_and_retention()
    {
        var ratio = Conclusion.Of(Scorer.Score([Arm(0, new Orders(1, 2000).Joint, 0.5), Arm(1, new Orders(2, 2000, worth: 1.5).Joint, 0.5)], Request(ScoreMethod.Fixed, MetricKind.Ratio).ForConclusion()));
        var retention = Conclusion.Of(Scorer.Score([Arm(0, Share(500, 100), 0.5), Arm(1, Share(500, 150), 0.5)], Request(ScoreMethod.Fixed, MetricKind.Retention).ForConclusion()));

        Assert.StartsWith("'b' leads with a ratio of ", ratio[1].Text, StringComparison.Ordinal);
        Assert.Equal("'b' leads with a retention of 30.0 %, 50 % more than 'a'.", retention[1].Text);
        Assert.Equal((30.0, "'a' has a retention of 20.0 %."), (retention[1].Args.Rate!.Value, retention[3].Text));

        static JointMoments Share(int had, int back) => Joint(Enumerable.Range(0, 1000).Select(i => (i < had ? 1.0 : 0, i < back ? 1.0 : 0)));
    }

    private static ScoreReport Score(ScoreMethod method, MetricKind kind, Orders[] samples)
        => Scorer.Score([.. samples.Select((sample, i) => Arm(i, sample.Joint, 0.5))], Request(method, kind));

    private static ArmData Arm(int index, JointMoments joint, double share) => RatioArms.Of(Raw(index, joint, share, null), Raw(index, joint, share, null), hasWindow: false);

    private static ArmData Epochs(int index, Orders[] epochs, double[] shares)
    {
        var joint = epochs.Aggregate(default(JointMoments), (sum, epoch) => sum + epoch.Joint);
        var raw = Raw(index, joint, 0.5, [.. epochs.Zip(shares, (epoch, share) => new ArmEpoch(share, epoch.Joint.Count, Converted(epoch.Joint), epoch.Joint.Y) { Covariate = new CovariateSample(epoch.Joint, default) })]);
        return RatioArms.Of(raw, raw, hasWindow: false);
    }

    private static ArmData Raw(int index, JointMoments joint, double share, ArmEpoch[]? epochs)
        => new(Key(index), "1", joint.Count, Converted(joint), Converted(joint), joint.Y, share, true, epochs) { Covariate = new CovariateSample(joint, default) };

    /// <summary>Of shares the number itself; of orders, of which about half have none, what is near enough for a clock.</summary>
    private static long Converted(JointMoments joint) => joint.MeanY is > 0 and < 1 ? (long)Math.Round(joint.MeanY * joint.Count) : joint.Count / 2;

    private static JointMoments Joint(IEnumerable<(double X, double Y)> pairs) => pairs.Aggregate(default(JointMoments), (sum, pair) => sum.Add(pair.X, pair.Y));

    /// <summary>Of twice as many so many who have the event, about 40 % of whom come back.</summary>
    private static JointMoments Returns(int seed, int had)
    {
        var random = new Random(seed);
        return Joint(Enumerable.Range(0, 2 * had).Select(i => (i < had ? 1.0 : 0, i < had && random.NextDouble() < 0.4 ? 1.0 : 0)));
    }

    /// <summary>As if every order were drawn by itself.</summary>
    private static double Naive(Orders[] samples)
        => (samples[1].Value.Mean - samples[0].Value.Mean) / Math.Sqrt(samples.Sum(s => s.Value.Variance!.Value / s.Value.Count));

    /// <summary>Participants with 0 to many orders; who they are decides how many and how large.</summary>
    private sealed class Orders
    {
        private readonly Random random;
        private readonly double worth;

        public Orders(int seed, int count = 0, double worth = 1)
        {
            (random, this.worth) = (new Random(seed), worth);
            Add(count);
        }

        public JointMoments Joint { get; private set; }

        public Moments Value { get; private set; }

        public void Add(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var (orders, sum, taste) = (0, 0.0, random.NextDouble() * 20);
                while (orders < 12 && random.NextDouble() < 0.4 + (taste / 100))
                {
                    var order = worth * (10 + taste + random.NextDouble());
                    (orders, sum, Value) = (orders + 1, sum + order, Value.Add(order));
                }

                Joint = Joint.Add(orders, sum);
            }
        }
    }
}
