using Bandstand.Experiments;
using Bandstand.Statistics.Scoring;
using Bandstand.Statistics.Sequential;
using static Bandstand.Tests.Statistics.Scoring.ScoreData;

namespace Bandstand.Tests.Statistics.Scoring;

public class SequentialScoreTests
{
    [Fact]
    public void Many_conversions_are_judged_by_the_asymptotic_sequence()
    {
        var report = Scorer.Score(Conversions([10_000, 1000], [10_000, 1200]), Request(ScoreMethod.Sequential, probability: 95));
        var row = report.Alternatives[1];
        var z = 0.02 / Math.Sqrt(((0.1 * 0.9) + (0.12 * 0.88)) / 9999);
        var evidence = new AsymptoticSequence(1000, 0.05).Evidence(z, 2200 * 0.89);
        Assert.Equal(evidence.PValue, row.PValue!.Value, 1e-12);
        Assert.Equal(1 / row.EValue!.Value, row.PValue.Value, 1e-15);
        Assert.Equal(row.PValue, report.BestPValue);
        Assert.Equal("b", report.Choice);
        Assert.Equal(0.2, row.Lift!.Estimate, 1e-12);
        Assert.InRange(row.Lift.Lower, 0, 0.1);
    }

    [Theory]
    [InlineData(200, 20)]
    [InlineData(4000, 400)]
    [InlineData(400, 380)]
    public void A_lift_excludes_no_lift_exactly_when_the_p_value_does(int participants, int converted)
    {
        var both = new HashSet<bool>();
        for (var more = -converted; more <= participants - converted; more += Math.Max(1, converted / 20))
        {
            var row = Scorer.Score(Weighted(1, [participants, converted], [participants, converted + more]), Request(ScoreMethod.Sequential)).Alternatives[1];
            if (row is { PValue: { } p, Lift: { } lift })
            {
                Assert.Equal(p > 0.05, lift.Lower <= 0 && lift.Upper >= 0);
                both.Add(p > 0.05);
            }
        }

        Assert.Equal(2, both.Count);
    }

    [Fact]
    public void A_lift_of_values_excludes_no_lift_exactly_when_the_p_value_does()
    {
        var control = Value("a", Totals(1, 2000, 5));
        for (var i = 0; i < 20; i++)
        {
            var row = Scorer.Score([control, Value("b", Totals(2, 2000, 5 + (0.1 * i)))], Request(ScoreMethod.Sequential, MetricKind.Value)).Alternatives[1];
            Assert.Equal(row.PValue > 0.05, row.Lift!.Lower <= 0 && row.Lift.Upper >= 0);
        }
    }

    [Fact]
    public void Few_conversions_are_held_against_the_probabilities_of_assignment()
    {
        var row = Scorer.Score(Weighted(9, [90, 4], [10, 5]), Request(ScoreMethod.Sequential)).Alternatives[1];
        var labels = new LabelMixture([new(0.1, 5, 4)], 2 * new AsymptoticSequence(1000, 0.05).Rho);
        Assert.Equal(labels.Evidence.PValue, row.PValue!.Value, 1e-12);
        Assert.Equal(labels.Factors(0.05).Upper - 1, row.Lift!.Upper, 1e-12);

        var unknown = Scorer.Score(Conversions([90, 4], [10, 5]), Request(ScoreMethod.Sequential)).Alternatives[1];
        Assert.Contains(unknown.Unavailable, u => u is { Field: "pValue", Code: ScoreCodes.UnknownWeights });
    }

    [Fact]
    public void The_participants_that_are_missing_are_about_as_many_as_it_says()
    {
        var missing = Scorer.Score(Conversions([5000, 500], [5000, 550]), Request(ScoreMethod.Sequential, probability: 95)).Missing.Single();
        Assert.Equal(ScoreCodes.NotSignificant, missing.Code);
        var times = 1 + (missing.Participants!.Value / 10_000.0);
        Assert.Equal("b", Scorer.Score(Times(times), Request(ScoreMethod.Sequential, probability: 95)).Choice);
        Assert.Null(Scorer.Score(Times(times * 0.9), Request(ScoreMethod.Sequential, probability: 95)).Choice);

        static ArmData[] Times(double n) => Conversions([(long)(5000 * n), (long)(500 * n)], [(long)(5000 * n), (long)(550 * n)]);
    }

    [Fact]
    public void A_mean_of_values_waits_for_participants_who_did_something()
    {
        var row = Scorer.Score([Value("a", Totals(1, 40, 5)), Value("b", Totals(2, 2000, 5))], Request(ScoreMethod.Sequential, MetricKind.Value)).Alternatives[1];
        Assert.Contains(row.Unavailable, u => u is { Field: "pValue", Code: ScoreCodes.FewParticipants });
    }

    [Fact]
    public void Discoveries_allow_for_every_question_of_the_experiment()
    {
        var arms = Conversions([10_000, 1000], [10_000, 1150], [10_000, 1010]);
        var alone = Scorer.Score(arms, Request(ScoreMethod.Sequential));
        Assert.Equal(2, alone.Questions);
        var e = alone.Alternatives[1].EValue!.Value;
        Assert.Equal(2 / e, alone.Alternatives[1].EBH!.Value, 1e-12);
        Assert.Equal(Math.Log(e), alone.Alternatives[1].LogE!.Value, 1e-12);
        Assert.Null(alone.Alternatives[0].EBH);

        // 38 questions more that say nothing, and 38 more of which many are discoveries themselves.
        var among = Scorer.Score(arms, Request(ScoreMethod.Sequential), [.. Enumerable.Repeat(1.0, 38)]);
        Assert.Equal((40, 40 / e), (among.Questions, among.Alternatives[1].EBH!.Value));
        var many = Scorer.Score(arms, Request(ScoreMethod.Sequential), [.. Enumerable.Repeat(1e6, 38)]);
        Assert.Equal(40 / e / 39, many.Alternatives[1].EBH!.Value, 1e-12);
        Assert.Equal(alone.Alternatives[1].PValue, many.Alternatives[1].PValue);
        Assert.Equal(Scorer.EValues(arms, Request(ScoreMethod.Sequential)), alone.Alternatives.Skip(1).Select(row => row.EValue!.Value));
    }

    [Fact]
    public void Evidence_past_the_range_of_numbers_is_told_by_its_logarithm()
    {
        var row = Scorer.Score(Conversions([1_000_000, 100_000], [1_000_000, 200_000]), Request(ScoreMethod.Sequential)).Alternatives[1];
        Assert.Equal(double.MaxValue, row.EValue);
        Assert.InRange(row.LogE!.Value, 10_000, 30_000);
        Assert.InRange(row.EBH!.Value, 0, 1e-300);
    }

    [Fact]
    public void A_base_rate_that_moved_with_the_weights_is_no_difference()
    {
        // 5 % convert while b gets one in ten, 15 % while it gets nine in ten: in total b seems to have 14 % against 6 %.
        ArmData[] arms =
        [
            Conversions([10_000, 600])[0] with { Epochs = [new(0.9, 9000, 450), new(0.1, 1000, 150)] },
            Conversions([0, 0], [10_000, 1400])[1] with { Epochs = [new(0.1, 1000, 50), new(0.9, 9000, 1350)] },
        ];
        Assert.Equal(1, Scorer.Score(arms, Request(ScoreMethod.Sequential)).Alternatives[1].PValue);
        Assert.InRange(Scorer.Score(arms, Request(ScoreMethod.Fixed)).Alternatives[1].PValue!.Value, 0, 1e-50);
        Assert.InRange(Scorer.Score(arms, Request(ScoreMethod.Sequential)).SampleRatio.PValue!.Value, 0.5, 1);
    }

    [Fact]
    public void Values_under_weights_that_follow_the_data_come_with_a_warning() => Assert.Contains(
        Scorer.Score(Values(Totals(1, 60, 3), Totals(2, 70, 4)), Request(ScoreMethod.Sequential, MetricKind.Value) with { IsAdaptive = true }).Warnings,
        w => w.Code == ScoreCodes.AdaptiveAllocation);

    [Fact]
    public void Alternatives_that_list_different_epochs_are_refused()
    {
        var arms = Conversions([100, 10], [100, 10]);
        arms[0] = arms[0] with { Epochs = [] };
        Assert.Throws<ArgumentException>(() => Scorer.Score(arms, Request(ScoreMethod.Sequential)));
    }

    /// <summary>Two alternatives, the first so many times as likely as the second.</summary>
    private static ArmData[] Weighted(double times, long[] one, long[] two)
    {
        var arms = Conversions(one, two);
        return [arms[0] with { ExpectedShare = times / (times + 1) }, arms[1] with { ExpectedShare = 1 / (times + 1) }];
    }
}
