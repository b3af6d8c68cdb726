using Bandstand.Statistics.Bayes;

namespace Bandstand.Tests.Statistics.Bayes;

public class TopTwoTests
{
    [Fact]
    public void Both_rules_agree_with_40_digit_references()
    {
        foreach (var row in GoldenFigures.Cases("bayes-normal"))
        {
            var means = row.GetProperty("means").EnumerateArray().Select(x => x.GetDouble());
            var deviations = row.GetProperty("sds").EnumerateArray().Select(x => x.GetDouble());
            var topTwo = TopTwo.Of([.. means.Zip(deviations, (mean, deviation) => new NormalPosterior(mean, deviation))]);
            for (var i = 0; i < topTwo.ProbabilityBest.Count; i++)
            {
                Assert.Equal(row.GetProperty("pBest")[i].GetDouble(), topTwo.ProbabilityBest[i], 1e-9);
                Assert.Equal(row.GetProperty("pSecond")[i].GetDouble(), topTwo.ProbabilitySecond[i], 1e-9);
                Assert.Equal(row.GetProperty("topTwoJointDraw")[i].GetDouble(), topTwo.JointDraw[i], 1e-9);
                Assert.Equal(row.GetProperty("topTwoResample")[i].GetDouble(), topTwo.Resample[i], 1e-9);
            }
        }
    }

    [Fact]
    public void All_four_lists_sum_to_one_for_any_number_of_alternatives()
    {
        foreach (var count in new[] { 1, 2, 3, 17, 60 })
        {
            var topTwo = TopTwo.Of([.. Enumerable.Range(0, count).Select(i => BetaPosterior.Of(500, 40 + (i % 7)))]);
            Assert.Equal(1, topTwo.ProbabilityBest.Sum(), 1e-10);
            Assert.Equal(count == 1 ? 0 : 1, topTwo.ProbabilitySecond.Sum(), 1e-9);
            Assert.Equal(1, topTwo.JointDraw.Sum(), 1e-9);
            Assert.Equal(1, topTwo.Resample.Sum(), 1e-9);
        }
    }

    [Fact]
    public void Where_less_is_better_the_mirrored_posteriors_give_the_mirrored_answer()
    {
        NormalPosterior[] posteriors = [new(1, 0.2), new(1.3, 0.1), new(0.9, 0.5)];
        var most = TopTwo.Of(posteriors);
        var least = TopTwo.Of([.. posteriors.Select(p => new NormalPosterior(-p.Mean, p.StandardDeviation).Mirrored)]);
        Assert.Equal(most.Resample, least.Resample);
    }
}
