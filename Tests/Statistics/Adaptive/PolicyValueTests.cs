using Bandstand.Statistics;
using Bandstand.Statistics.Adaptive;

namespace Bandstand.Tests.Statistics.Adaptive;

public class PolicyValueTests
{
    // Totals by epoch and alternative, and what each alternative was drawn with.
    private static readonly (double[] Logged, double[][] Totals)[] Small =
    [
        ([0.5, 0.5], [[0, 0, 1, 1], [1, 1, 1, 0]]),
        ([0.8, 0.2], [[0, 0, 1, 0, 1, 0], [1, 0]]),
    ];

    [Fact]
    public void Figures_are_those_of_hand_arithmetic()
    {
        var estimate = PolicyValue.Of(Epochs(Small), [[0, 1], [0, 1]]);

        // Weights of b's people: 1/0.5 and 1/0.2. Three of the first four converted, one of the other two; 16 people in all.
        Assert.Equal(11 / 16.0, estimate.InverseProbability.Value.Value, 1e-15);
        Assert.Equal(11 / 18.0, estimate.SelfNormalised.Value.Value, 1e-15);
        Assert.Equal((11 / 18.0) - (8 / 16.0), estimate.Difference.Value.Value, 1e-15);
        Assert.Equal(18 * 18 / 66.0, estimate.EffectiveSize, 1e-12);

        // Scores of the first epoch are three 2s among 8, of the second one 5: 8/7·(12 − 36/8) and 8/7·(25 − 25/8).
        Assert.Equal(((8 / 7.0 * 7.5) + (8 / 7.0 * 21.875)) / 256, estimate.InverseProbability.Value.Variance, 1e-15);
        Assert.Equal((16, 0.0), (estimate.Participants, estimate.Unseen));
    }

    [Fact]
    public void Errors_are_those_of_participants_one_by_one()
    {
        double[][] other = [[0.3, 0.7], [0.6, 0.4]];
        var estimate = PolicyValue.Of(Epochs(Small), other);
        var people = Small.SelectMany((epoch, e) => epoch.Totals.SelectMany((totals, k) => totals.Select(y => (Epoch: e, W: other[e][k] / epoch.Logged[k], Y: y)))).ToList();
        var own = people.Sum(p => p.W * p.Y) / people.Sum(p => p.W);
        var mean = people.Average(p => p.Y);
        var scale = people.Count / people.Sum(p => p.W);

        Assert.Equal(own, estimate.SelfNormalised.Value.Value, 1e-14);
        Assert.Equal(Variance(p => p.Y - mean), estimate.Recorded.Value.Variance, 1e-14);
        Assert.Equal(Variance(p => p.W * p.Y), estimate.InverseProbability.Value.Variance, 1e-14);
        Assert.Equal(Variance(p => scale * p.W * (p.Y - own)), estimate.SelfNormalised.Value.Variance, 1e-14);
        Assert.Equal(Variance(p => (scale * p.W * (p.Y - own)) - (p.Y - mean)), estimate.Difference.Value.Variance, 1e-14);

        double Variance(Func<(int Epoch, double W, double Y), double> score) => people.GroupBy(p => p.Epoch, score).Sum(epoch =>
            epoch.Sum(s => (s - epoch.Average()) * (s - epoch.Average())) * epoch.Count() / (epoch.Count() - 1)) / people.Count / people.Count;
    }

    [Fact]
    public void The_weights_that_were_recorded_earn_what_was_recorded()
    {
        var epochs = Epochs(Small);
        var estimate = PolicyValue.Of(epochs, [.. epochs.Select(epoch => epoch.Probabilities)]);

        Assert.Equal(estimate.Recorded.Value, estimate.InverseProbability.Value with { Variance = estimate.Recorded.Value.Variance });
        Assert.Equal(0, estimate.Difference.Value.Value);
        Assert.Equal(0, estimate.Difference.Value.Variance, 1e-15);
        Assert.Equal(16, estimate.EffectiveSize, 1e-12);
    }

    [Fact]
    public void Of_one_alternative_it_is_the_weighted_mean()
    {
        var epochs = Epochs(Small);
        var mean = WeightedMean.Of([.. epochs.Select(epoch => new AllocationEpoch(epoch.Probabilities[1], epoch.Participants, epoch.Arms[1]))], EvaluationWeights.Uniform, isAugmented: false);

        Assert.Equal(mean.Value.Value, PolicyValue.Of(epochs, [[0, 1], [0, 1]]).InverseProbability.Value.Value, 1e-15);
    }

    [Fact]
    public void What_could_not_be_drawn_is_unavailable()
    {
        LoggedEpoch closed = new([1, 0], [Moments.FromConversions(10, 3), default]), open = new([0.5, 0.5], [Moments.FromConversions(10, 3), Moments.FromConversions(10, 4)]);
        var estimate = PolicyValue.Of([closed, open], [[0.5, 0.5], [0.5, 0.5]]);

        Assert.Equal("no-support", estimate.InverseProbability.Reason!.Code);
        Assert.Contains("1 of 2 epochs (10 participants)", estimate.SelfNormalised.Reason!.Detail, StringComparison.Ordinal);
        Assert.Equal(10 / 30.0, estimate.Recorded.Value.Value, 1e-15);
        Assert.False(PolicyValue.Supports(closed, [0.5, 0.5]));
        Assert.True(PolicyValue.Of([closed, open], [[1, 0], [0.5, 0.5]]).InverseProbability.IsAvailable);

        // An epoch that nobody came in needs nothing.
        Assert.Equal(0.35, PolicyValue.Of([closed with { Arms = [default, default] }, open], [[0.5, 0.5], [0.5, 0.5]]).InverseProbability.Value.Value, 1e-15);
    }

    [Fact]
    public void An_alternative_that_nobody_was_ever_in_is_unavailable_and_one_that_chance_left_empty_is_told()
    {
        LoggedEpoch empty = new([0.9, 0.1], [Moments.FromConversions(10, 3), default]), seen = new([0.9, 0.1], [Moments.FromConversions(8, 3), Moments.FromConversions(2, 1)]);

        Assert.Equal("no-support", PolicyValue.Of([empty, empty], [[0, 1], [0, 1]]).InverseProbability.Reason!.Code);
        var estimate = PolicyValue.Of([empty, seen], [[0.4, 0.6], [0.4, 0.6]]);
        Assert.True(estimate.InverseProbability.IsAvailable);
        Assert.Equal(0.3, estimate.Unseen, 1e-15);
    }

    [Fact]
    public void Fewer_than_two_participants_say_nothing()
    {
        var estimate = PolicyValue.Of([new([1, 0], [Moments.FromConversions(1, 1), default])], [[1, 0]]);

        Assert.Equal("few-participants", estimate.Recorded.Reason!.Code);
        Assert.Throws<ArgumentException>(() => PolicyValue.Of([new([1, 0], [default, default])], []));
        Assert.Throws<ArgumentException>(() => PolicyValue.Of([new([1, 0], [default, default])], [[1]]));
    }

    /// <summary>
    /// Weights that chase the alternative that is ahead, while everybody's rate rises. Beside the estimates stands the mean of all who got the
    /// alternative, so that the test is known to be able to fail.
    /// </summary>
    [Fact]
    public void Estimates_are_unbiased_and_intervals_hold_where_weights_chased_the_leader_and_rates_drifted()
    {
        const int Runs = 1000, People = 200, Last = 9;
        double[] gaps = [0, 0.02, 0.05];
        double[] one = [0, 0, 1], even = [1 / 3.0, 1 / 3.0, 1 / 3.0];
        var always = new Tally(Truth(one));
        var equal = new Tally(Truth(even));
        var naive = 0.0;
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(run);
            List<LoggedEpoch> epochs = [];
            for (var e = 0; e <= Last; e++)
            {
                var pooled = Enumerable.Range(0, 3).Select(k => epochs.Aggregate(default(Moments), (sum, epoch) => sum + epoch.Arms[k]).Mean).ToList();
                var leader = pooled.IndexOf(pooled.Max());
                double[] logged = [.. gaps.Select((_, k) => e == 0 ? 1 / 3.0 : k == leader ? 0.8 : 0.1)];
                Moments[] arms = new Moments[3];
                for (var i = 0; i < People; i++)
                {
                    var (u, k) = (random.NextDouble(), 0);
                    for (; k < 2 && u >= logged[k]; k++)
                    {
                        u -= logged[k];
                    }

                    arms[k] = arms[k].Add(random.NextDouble() < Rate(e, k) ? 1 : 0);
                }

                epochs.Add(new LoggedEpoch(logged, arms));
            }

            always.Add(PolicyValue.Of(epochs, [.. epochs.Select(_ => one)]));
            equal.Add(PolicyValue.Of(epochs, [.. epochs.Select(_ => even)]));
            naive += epochs.Aggregate(default(Moments), (sum, epoch) => sum + epoch.Arms[2]).Mean / Runs;
        }

        Assert.All([always, equal], tally =>
        {
            Assert.InRange(tally.Bias, -3.5, 3.5);
            Assert.InRange(tally.Missed, 0, 0.075);
            Assert.InRange(tally.MissedRaw, 0, 0.075);
        });
        Assert.InRange(naive - Truth(one), 0.002, 1);

        double Rate(int e, int k) => 0.05 + (0.2 * e / Last) + gaps[k];

        double Truth(double[] weights) => Enumerable.Range(0, Last + 1).Average(e => weights.Select((w, k) => w * Rate(e, k)).Sum());
    }

    [Fact]
    public void A_ratio_is_weighted_above_and_below_the_line_and_its_errors_are_those_of_participants_one_by_one()
    {
        // Orders (below) and what they came to (above), by epoch and alternative.
        (double[] Logged, (double X, double Y)[][] People)[] small =
        [
            ([0.5, 0.5], [[(1, 10), (2, 25), (0, 0)], [(1, 14), (3, 40), (1, 12), (0, 0)]]),
            ([0.8, 0.2], [[(1, 9), (1, 11), (4, 30), (0, 0), (2, 20)], [(2, 31), (1, 13)]]),
        ];
        double[][] other = [[0.3, 0.7], [0.6, 0.4]];
        LoggedEpoch[] epochs = [.. small.Select(epoch => new LoggedEpoch(epoch.Logged, [.. epoch.People.Select(arm => arm.Aggregate(default(Moments), (sum, p) => sum.Add(p.Y)))])
        {
            Sides = [.. epoch.People.Select(arm => arm.Aggregate(default(JointMoments), (sum, p) => sum.Add(p.X, p.Y)))],
        })];
        var estimate = PolicyValue.Of(epochs, other);
        var people = small.SelectMany((epoch, e) => epoch.People.SelectMany((arm, k) => arm.Select(p => (Epoch: e, W: other[e][k] / epoch.Logged[k], p.X, p.Y)))).ToList();
        double below = people.Sum(p => p.W * p.X), all = people.Sum(p => p.X), n = people.Count;
        double own = people.Sum(p => p.W * p.Y) / below, mean = people.Sum(p => p.Y) / all;

        Assert.Equal(own, estimate.SelfNormalised.Value.Value, 1e-14);
        Assert.Equal(estimate.SelfNormalised.Value, estimate.InverseProbability.Value);
        Assert.Equal(mean, estimate.Recorded.Value.Value, 1e-14);
        Assert.Equal(own - mean, estimate.Difference.Value.Value, 1e-14);
        Assert.Equal(Variance(p => n / all * (p.Y - (mean * p.X))), estimate.Recorded.Value.Variance, 1e-12);
        Assert.Equal(Variance(p => n / below * p.W * (p.Y - (own * p.X))), estimate.SelfNormalised.Value.Variance, 1e-12);
        Assert.Equal(Variance(p => (n / below * p.W * (p.Y - (own * p.X))) - (n / all * (p.Y - (mean * p.X)))), estimate.Difference.Value.Variance, 1e-12);
        Assert.Equal(below * below / people.Sum(p => p.W * p.X * p.W * p.X), estimate.EffectiveSize, 1e-12);

        double Variance(Func<(int Epoch, double W, double X, double Y), double> score) => people.GroupBy(p => p.Epoch, score).Sum(epoch =>
            epoch.Sum(s => (s - epoch.Average()) * (s - epoch.Average())) * epoch.Count() / (epoch.Count() - 1)) / n / n;
    }

    [Fact]
    public void Without_anything_below_the_line_there_is_no_ratio()
    {
        JointMoments nothing = JointMoments.Of(10), some = JointMoments.Of(10, 1, 2);
        LoggedEpoch Epoch(JointMoments a, JointMoments b) => new([0.5, 0.5], [a.Y, b.Y]) { Sides = [a, b] };

        Assert.Equal("no-denominator", PolicyValue.Of([Epoch(nothing, nothing)], [[0, 1]]).Recorded.Reason!.Code);
        var one = PolicyValue.Of([Epoch(some, nothing)], [[0, 1]]);
        Assert.Equal((2, "no-denominator"), (one.Recorded.Value.Value, one.SelfNormalised.Reason!.Code));
    }

    /// <summary>Spend per order where weights chase the alternative with the higher one, orders differ between alternatives and everything grows.</summary>
    [Fact]
    public void Intervals_of_a_ratio_hold_where_weights_chased_the_leader()
    {
        const int Runs = 400, People = 400, Last = 4;
        double[][] policies = [[0, 1], [0.5, 0.5]];
        Tally[] tallies = [.. policies.Select(weights => new Tally(Truth(weights)))];
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(7919 * (run + 1));
            List<LoggedEpoch> epochs = [];
            for (var e = 0; e <= Last; e++)
            {
                var seen = Enumerable.Range(0, 2).Select(k => epochs.Aggregate(default(JointMoments), (sum, epoch) => sum + epoch.Sides![k])).ToList();
                double[] logged = e == 0 ? [0.5, 0.5] : seen[0].MeanY * seen[1].MeanX > seen[1].MeanY * seen[0].MeanX ? [0.8, 0.2] : [0.2, 0.8];
                var arms = new JointMoments[2];
                for (var i = 0; i < People; i++)
                {
                    var k = random.NextDouble() < logged[0] ? 0 : 1;
                    var orders = (random.NextDouble() < Orders(e, k) ? 1 : 0) + (random.NextDouble() < Orders(e, k) ? 1 : 0);
                    arms[k] = arms[k].Add(orders, orders * Spend(e, k) * (0.5 + random.NextDouble()));
                }

                epochs.Add(new LoggedEpoch(logged, [.. arms.Select(arm => arm.Y)]) { Sides = arms });
            }

            for (var p = 0; p < policies.Length; p++)
            {
                tallies[p].Add(PolicyValue.Of(epochs, [.. epochs.Select(_ => policies[p])]));
            }
        }

        Assert.All(tallies, tally =>
        {
            Assert.InRange(tally.Bias, -3.5, 3.5);
            Assert.InRange(tally.Missed, 0.015, 0.095);
        });

        double Orders(int e, int k) => 0.3 + (0.05 * e) + (0.1 * k);

        double Spend(int e, int k) => 10 + e + (2 * k);

        double Truth(double[] weights) => Sum((e, k) => weights[k] * Orders(e, k) * Spend(e, k)) / Sum((e, k) => weights[k] * Orders(e, k));

        double Sum(Func<int, int, double> of) => Enumerable.Range(0, Last + 1).Sum(e => of(e, 0) + of(e, 1));
    }

    private static LoggedEpoch[] Epochs((double[] Logged, double[][] Totals)[] epochs) =>
        [.. epochs.Select(epoch => new LoggedEpoch(epoch.Logged, [.. epoch.Totals.Select(totals => totals.Aggregate(default(Moments), (sum, y) => sum.Add(y)))]))];

    private sealed class Tally(double truth)
    {
        private Moments errors;
        private int missed;
        private int missedRaw;

        /// <summary>Of the inverse probability estimate, in its own Monte-Carlo errors.</summary>
        public double Bias => errors.Mean / errors.StandardDeviation!.Value * Math.Sqrt(errors.Count);

        public double Missed => (double)missed / errors.Count;

        public double MissedRaw => (double)missedRaw / errors.Count;

        public void Add(PolicyEstimate estimate)
        {
            errors = errors.Add(estimate.InverseProbability.Value.Value - truth);
            missed += Misses(estimate.SelfNormalised.Value) ? 1 : 0;
            missedRaw += Misses(estimate.InverseProbability.Value) ? 1 : 0;
        }

        private bool Misses(WeightedEstimate estimate) => Math.Abs(estimate.Value - truth) > 1.959964 * estimate.StandardError;
    }
}
