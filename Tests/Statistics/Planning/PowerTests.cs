using System.Text.Json;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.Planning;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Tests.Statistics.Planning;

public class PowerTests
{
    /// <summary>Relative, as the golden file suggests; measured 1e-9.</summary>
    private const double Tolerance = 1e-6;

    private static readonly PowerDesign Conversions = new() { IsProportion = true, Method = ScoreMethod.Fixed, Baseline = 0.05 };

    private static readonly PowerDesign Values = new() { IsProportion = false, Method = ScoreMethod.Fixed, Baseline = 10, StandardDeviation = 1 };

    [Fact]
    public void Samples_for_proportions_are_those_of_Fleiss()
    {
        foreach (var row in GoldenFigures.Cases("power").Where(r => Kind(r) == "proportion"))
        {
            var design = Conversions with { Baseline = row.Number("baseline"), Alpha = row.Number("alpha") };
            var difference = row.Number("baseline") * row.Number("relativeMde");
            GoldenFigures.Agree(row.Number("nPerArm_fleissPooled"), PowerSolver.Participants(design, difference, row.Number("power")).Value / 2, 1e-9, row, "pooled");

            // Unpooled is what the sequence uses, with another number of standard errors.
            var z = Normal.UpperQuantile(row.Number("alpha") / 2);
            GoldenFigures.Agree(row.Number("power"), new PowerCurve(design).Wald(2 * row.Number("nPerArm_unpooled"), difference, z), 1e-9, row, "unpooled");
        }
    }

    [Fact]
    public void Samples_and_power_for_means_are_those_of_the_noncentral_t()
    {
        foreach (var row in GoldenFigures.Cases("power").Where(r => Kind(r) == "mean"))
        {
            var design = Values with { Alpha = row.Number("alpha") };
            GoldenFigures.Agree(row.Number("nPerArm_t"), PowerSolver.Participants(design, row.Number("cohenD"), row.Number("power")).Value / 2, Tolerance, row, "t");
            var z = Normal.UpperQuantile(row.Number("alpha") / 2);
            GoldenFigures.Agree(row.Number("power"), new PowerCurve(design).Wald(2 * row.Number("nPerArm_z"), row.Number("cohenD"), z), 1e-9, row, "z");
        }

        foreach (var row in GoldenFigures.Cases("power").Where(r => Kind(r) == "powerAtN"))
        {
            var design = Values with { Alpha = row.Number("alpha") };
            GoldenFigures.Agree(row.Number("power_t"), PowerSolver.Power(design, row.Number("cohenD"), 2 * row.Number("nPerArm")), Tolerance, row, "t");
        }
    }

    [Fact]
    public void Both_tails_of_the_t_test_count()
    {
        // R: power.t.test(delta = .2, power = .8) gives 393.40569 with strict = TRUE and 393.40666 without.
        Assert.Equal(393.40569, PowerSolver.Participants(Values, 0.2, 0.8).Value / 2, 5e-5);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.96)]
    [InlineData(6)]
    public void Without_a_difference_the_noncentral_t_is_Students(double t)
    {
        foreach (var freedom in new[] { 1, 2.5, 10, 49, 51, 1000, 1e6, 1e9 })
        {
            var expected = StudentT.Survival(t, freedom);
            Assert.Equal(1, NoncentralT.Survival(t, freedom, 0) / expected, 1e-11);
            Assert.Equal(1 - expected, NoncentralT.Survival(-t, freedom, 0), 1e-12);
        }
    }

    [Theory]
    [InlineData(ScoreMethod.Fixed, true)]
    [InlineData(ScoreMethod.Fixed, false)]
    [InlineData(ScoreMethod.Sequential, true)]
    [InlineData(ScoreMethod.Sequential, false)]
    public void Sample_power_and_effect_are_one_equation(ScoreMethod method, bool isProportion)
    {
        var design = (isProportion ? Conversions : Values) with { Method = method, Shares = [0.5, 0.3, 0.2] };
        foreach (var sign in new[] { 1, -1 })
        {
            var difference = sign * (isProportion ? 0.01 : 0.1);
            var participants = PowerSolver.Participants(design, difference, 0.8).Value;

            var tolerance = method == ScoreMethod.Sequential ? 1e-3 : 1e-9;
            Assert.Equal(0.8, PowerSolver.Power(design, difference, participants), tolerance);
            Assert.Equal(1, PowerSolver.Difference(design, participants, 0.8, sign).Value / difference, tolerance);
        }
    }

    [Fact]
    public void More_alternatives_and_uneven_shares_cost_participants()
    {
        var two = PowerSolver.Participants(Conversions, 0.005, 0.8).Value;
        var uneven = PowerSolver.Participants(Conversions with { Shares = [0.9, 0.1] }, 0.005, 0.8).Value;
        var three = PowerSolver.Participants(Conversions with { Shares = [1.0 / 3, 1.0 / 3, 1.0 / 3] }, 0.005, 0.8).Value;

        // 1/0.9 + 1/0.1 against 1/0.5 + 1/0.5, but for the pooled variance; and 3/2 at half the level.
        Assert.InRange(uneven / two, 2.6, 3.0);
        Assert.Equal(1.5 * PowerSolver.Participants(Conversions with { Alpha = 0.025 }, 0.005, 0.8).Value, three, 1e-6 * three);
    }

    [Fact]
    public void Sequential_plans_take_less_than_twice_the_sample_of_one_look()
    {
        foreach (var (baseline, lift) in new[] { (0.02, 0.2), (0.05, 0.1), (0.1, 0.05), (0.3, 0.1) })
        {
            var design = Conversions with { Baseline = baseline };
            var one = PowerSolver.Participants(design, baseline * lift, 0.8).Value;
            var any = PowerSolver.Participants(design with { Method = ScoreMethod.Sequential }, baseline * lift, 0.8).Value;

            Assert.InRange(any / one, 1.2, 2);
        }
    }

    [Theory]
    [InlineData(0.01, 0.25, 1)]
    [InlineData(0.01, 0.25, 3000)]
    [InlineData(0.1, 0.9, 1)]
    [InlineData(0.0003, 0.02, 1)]
    public void A_passage_does_not_depend_on_its_grid(double drift, double size, double first)
    {
        var sequence = new Bandstand.Statistics.Sequential.AsymptoticSequence(1000, 0.05);
        foreach (var last in new[] { 10 / drift / drift, 40 / drift / drift })
        {
            var usual = new SequencePassage(drift, size, sequence, 0.05, first, Math.Max(last, 2 * first));
            var fine = new SequencePassage(drift, size, sequence, 0.05, first, Math.Max(last, 2 * first), fineness: 4);

            Assert.Equal(fine.Probability, usual.Probability, 2e-4);
            Assert.Equal(1, usual.Participants(0.4) / fine.Participants(0.4) ?? 1, 1e-3);
        }
    }

    [Theory]
    [InlineData(0.05, 0.9)]
    [InlineData(0.5, 0.49)]
    public void Tiny_and_huge_plans_are_found(double baseline, double difference)
    {
        var design = Conversions with { Method = ScoreMethod.Sequential, Baseline = baseline, Shares = [0.2, 0.8] };

        var participants = PowerSolver.Participants(design, difference > baseline ? difference - baseline : difference, 0.8).Value;

        Assert.InRange(PowerSolver.Power(design, difference > baseline ? difference - baseline : difference, participants), 0.795, 1);
    }

    [Fact]
    public void What_cannot_be_reached_is_said()
    {
        Assert.Equal(ScoreCodes.OutOfRange, PowerSolver.Participants(Values, 1e-9, 0.8).Reason!.Code);
        Assert.Equal(ScoreCodes.FewParticipants, PowerSolver.Difference(Conversions with { Method = ScoreMethod.Sequential }, 4, 0.9).Reason!.Code);
    }

    [Fact]
    public void Means_need_the_events_that_scores_ask_for()
    {
        var design = Values with { Method = ScoreMethod.Sequential, EventShare = 0.05 };

        Assert.Equal(2 * 200 / 0.05, PowerSolver.Participants(design, 5, 0.8).Value, 1e-6);
        Assert.Equal(0, PowerSolver.Power(design, 5, 7999));
    }

    private static string? Kind(JsonElement row) => row.GetProperty("kind").GetString();
}
