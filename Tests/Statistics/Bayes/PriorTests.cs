using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Bayes;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Tests.Statistics.Bayes;

public class PriorTests
{
    [Fact]
    public void A_normal_prior_counts_like_the_participants_it_is_worth()
    {
        // 40 participants of mean 12 and standard deviation 3 (by n, not n − 1) known before, and 60 more, are 100.
        double[] before = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? 9.0 : 15.0)];
        double[] now = [.. Enumerable.Range(0, 60).Select(i => 10 + (i % 7.0))];
        var prior = new NormalPrior(12, 3, 40, 40);

        var posterior = prior.Posterior(Sum(now));
        var all = Sum([.. before, .. now]);

        Assert.Equal(all.Mean, posterior.Location, 1e-12);
        Assert.Equal(Math.Sqrt(all.M2 / 100 / 100), posterior.Scale, 1e-12);
        Assert.Equal(100, posterior.Freedom);
    }

    [Fact]
    public void Without_participants_the_posterior_is_the_prior()
    {
        Assert.Equal(new StudentPosterior(12, 3 / Math.Sqrt(40), 5), new NormalPrior(12, 3, 40, 5).Posterior(default));
        Assert.Equal(new BetaPosterior(3, 97), new BetaPrior(3, 97).Posterior(0, 0));
        Assert.Equal(BetaPosterior.Of(10, 4), new BetaPrior(1, 1).Posterior(10, 4));
    }

    [Fact]
    public void Credible_intervals_are_the_posteriors_quantiles()
    {
        foreach (var row in GoldenFigures.Cases("bayes-beta"))
        {
            var i = 0;
            foreach (var arm in row.GetProperty("arms").EnumerateArray())
            {
                var interval = new BetaPosterior(arm.Number("alpha"), arm.Number("beta")).CredibleInterval(0.95);
                Assert.Equal(row.GetProperty("ci95")[i][0].GetDouble(), interval.Lower, 1e-8);
                Assert.Equal(row.GetProperty("ci95")[i++][1].GetDouble(), interval.Upper, 1e-8);
            }
        }

        // R: qt(.975, 9) = 2.262157.
        Assert.Equal(5 + (2 * 2.2621571627409915), new StudentPosterior(5, 2, 9).CredibleInterval(0.95).Upper, 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_score_under_bayes_has_intervals_and_what_remains(int sign)
    {
        ArmData[] arms = [new("a", "0", 1000, 120, 120, default), new("b", "0", 1000, 150, 150, default)];
        var report = Scorer.Score(arms, Request(ScoreMethod.Bayes, sign));

        Assert.Equal(new BetaPosterior(121, 881).CredibleInterval(0.95), report.Alternatives[0].CredibleInterval!.Value, new Near());
        Assert.True(report.ValueRemaining.Value is >= 0 and < 0.2);
        var other = Scorer.Score(arms, Request(ScoreMethod.Sequential, sign));
        Assert.Null(other.Alternatives[0].CredibleInterval);
        Assert.Equal(ScoreCodes.OtherMethod, other.ValueRemaining.Unavailable!.Code);
        Assert.Contains(other.Alternatives[0].Unavailable, u => u.Field == "credibleInterval");
    }

    [Fact]
    public void A_prior_moves_scores_and_lets_means_be_judged_from_the_first_participant()
    {
        ArmData[] few = [new("a", "0", 10, 5, 5, default), new("b", "0", 10, 1, 1, default)];
        var free = Scorer.Score(few, Request(ScoreMethod.Bayes));
        var bound = Scorer.Score(few, Request(ScoreMethod.Bayes) with { Prior = new MetricPrior(Rate: new BetaPrior(100, 900)) });
        Assert.True(free.Alternatives[0].ProbabilityBest > 0.95);
        Assert.InRange(bound.Alternatives[0].ProbabilityBest!.Value, 0.5, 0.75);

        ArmData[] values = [new("a", "0", 1, 1, 1, Sum([20])), new("b", "0", 0, 0, 0, default)];
        var known = Scorer.Score(values, Request(ScoreMethod.Bayes) with { Kind = MetricKind.Value, Prior = new MetricPrior(Mean: new NormalPrior(10, 5, 4, 4)) });
        Assert.InRange(known.Alternatives[0].ProbabilityBest!.Value, 0.5, 0.95);
        Assert.InRange(known.Alternatives[1].CredibleInterval!.Value.Lower, -10, 9);
    }

    private static Moments Sum(double[] totals) => totals.Aggregate(default(Moments), (sum, x) => sum.Add(x));

    private static ScoreRequest Request(ScoreMethod method, int sign = 1) => new()
    {
        Method = method,
        Metric = "m",
        Kind = MetricKind.Conversion,
        Sign = sign,
        Epoch = 0,
        AsOf = default,
        Control = "a",
        Default = "a",
    };

    private sealed class Near : IEqualityComparer<Interval>
    {
        public bool Equals(Interval x, Interval y) => Math.Abs(x.Lower - y.Lower) < 1e-12 && Math.Abs(x.Upper - y.Upper) < 1e-12;

        public int GetHashCode(Interval interval) => 0;
    }
}
