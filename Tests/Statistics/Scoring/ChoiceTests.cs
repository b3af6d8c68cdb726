using Bandstand.Statistics;
using Bandstand.Statistics.Scoring;
using static Bandstand.Tests.Statistics.Scoring.ScoreData;

namespace Bandstand.Tests.Statistics.Scoring;

public class ChoiceTests
{
    [Theory]
    [InlineData(ScoreMethod.Classic)]
    [InlineData(ScoreMethod.Bayes)]
    [InlineData(ScoreMethod.Fixed)]
    [InlineData(ScoreMethod.Sequential)]
    public void The_choice_alone_is_that_of_the_whole_score(ScoreMethod method)
    {
        var sure = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var arms = seed % 2 == 0 ? Close(seed) : ByEpoch(seed);
            foreach (var sign in (int[])[1, -1])
            {
                var request = Request(method, sign: sign, probability: 95);
                var choice = Scorer.Choice(arms, request);
                Assert.Equal(Scorer.Score(arms, request).Choice, choice);
                sure += choice is null ? 0 : 1;
            }
        }

        Assert.InRange(sure, 10, 110);
    }

    [Fact]
    public void Without_data_nobody_is_chosen_and_an_outcome_stays()
    {
        var request = Request(ScoreMethod.Sequential, probability: 95);
        Assert.Null(Scorer.Choice(Conversions([0, 0], [0, 0]), request));
        Assert.Null(Scorer.Choice(Conversions([900, 10], [900, 400]), request with { Probability = null }));
        Assert.Equal("b", Scorer.Choice(Conversions([900, 10], [900, 400]), request));
        Assert.Equal("a", Scorer.Choice(Conversions([900, 10], [900, 400]), request with { Outcome = "a" }));
    }

    private static ArmData[] Close(int seed)
    {
        var random = new Random(seed);
        return Conversions([.. Enumerable.Range(0, random.Next(2, 6)).Select(_ => new long[] { 2_000, random.Next(150, 300) })]);
    }

    /// <summary>Three alternatives whose weights changed.</summary>
    private static ArmData[] ByEpoch(int seed)
    {
        var random = new Random(seed);
        double[][] weights = [[0.4, 0.4, 0.2], [0.2, 0.5, 0.3], [0.5, 0.3, 0.2]];
        return [.. Enumerable.Range(0, 3).Select(i =>
        {
            var rate = 0.1 + (0.1 * random.NextDouble());
            List<ArmEpoch> epochs = [.. weights.Select(w => new ArmEpoch(w[i], (long)(2_000 * w[i]), (long)(2_000 * w[i] * rate), default))];
            long participants = epochs.Sum(e => e.Participants), converted = epochs.Sum(e => e.Converted);
            return new ArmData(Key(i), "1", participants, converted, converted, Moments.FromConversions(participants, converted), Epochs: epochs);
        })];
    }
}
