using System.Reflection;
using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Scoring;
using static Bandstand.Tests.Statistics.Scoring.ScoreData;

namespace Bandstand.Tests.Statistics.Scoring;

public class ScorerTests
{
    public static TheoryData<ScoreMethod, MetricKind> Questions =>
        new MatrixTheoryData<ScoreMethod, MetricKind>(Enum.GetValues<ScoreMethod>(), Enum.GetValues<MetricKind>());

    [Fact]
    public void A_row_holds_the_figures_of_the_contract()
    {
        var report = Scorer.Score(Conversions([182, 35], [180, 45], [189, 28], [188, 61]), Request(ScoreMethod.Classic, probability: 95));
        var row = report.Alternatives[0];
        Assert.Equal((739, "b", "d", "c", (string?)null), (report.Participants, report.Base, report.Best, report.Least, report.Choice));
        Assert.Equal(("a", "\"a\"", 182L, 35L, 35.0), (row.Alternative, row.ValueJson, row.Participants, row.Converted, row.Conversions));
        Assert.Equal(
            [0.1923, 0.1923, 0.3952, -1.3253, 90, 29.8077, 0.0012],
            new[] { row.Rate, row.Mean, row.StdDev, row.Z, row.Probability, row.Difference, row.ProbabilityBest }.Select(x => Math.Round(x!.Value, 4)));
        Assert.Equal(0.13, row.ExpectedLoss!.Value, 0.005);
        Assert.Null(row.BeatsControl);
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public void Every_null_has_exactly_one_reason(ScoreMethod method, MetricKind kind)
    {
        ArmData[][] all =
        [
            Conversions([0, 0], [0, 0]),
            Conversions([1, 0], [1, 1]),
            Conversions([10, 0], [0, 0], [7, 7]),
            Conversions([100, 0], [100, 0]),
            Conversions([500, 40], [480, 55], [510, 20]),
            Conversions([.. Enumerable.Repeat(new long[] { 0, 0 }, 200).Prepend([1_000_000, 1])]),
            Values([], [3]),
            Values([], [3, 4], [5, 5]),
            Values([0, 0, 0], [0, 0, 0]),
            Values([5, 5, 5], [6, 6, 6]),
            Values([0, 0, 0, 0], [0, 1, 5, 0]),
            Values(Totals(1, 60, 3), Totals(2, 70, 4)),
            Values([-1e140, 1e140, 0], [1e-200, -1e-200, 1e-300]),
            Values([1e-310, 1e-310, 2e-310], [1, 2, 3]),
            Values([1e140, 1e140, 1e140], [1e140, 1e140, 0.9999999e140]),
            Values([1e15, 1e15, 1e15 + 0.125], [0, 0, 0, 1e-12]),
            Conversions([2_000_000_000, 200_000_000], [2_000_000_000, 200_100_000], [1, 1]),
            [.. Values(Totals(1, 60, 3), Totals(2, 70, 4)).Select(arm => arm with { IsOpen = arm.Key == "a" })],
        ];
        Assert.All(all, arms =>
        {
            var report = Scorer.Score(arms, Request(method, kind, probability: 95));
            Assert.All(report.Alternatives, row => Assert.Equal(Nulls(row), row.Unavailable.Select(u => u.Field)));
            Assert.All(report.Alternatives.SelectMany(Numbers), number => Assert.True(double.IsFinite(number)));
            Assert.All(report.Alternatives.SelectMany(row => row.Unavailable), u => Assert.True(u.Code.Length > 0 && u.Detail.Length > 20));
            Assert.True(report.SampleRatio.PValue is null == report.SampleRatio.Unavailable is not null);
            Assert.True(report.Choice is not null || report.Missing.Count > 0);
        });
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public void The_order_of_alternatives_does_not_matter(ScoreMethod method, MetricKind kind)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var arms = Data(kind, seed);
            var there = Scorer.Score(arms, Request(method, kind, probability: 90));
            var back = Scorer.Score([.. arms.Reverse()], Request(method, kind, probability: 90));
            Assert.Equal((there.Base, there.Best, there.Least, there.Choice), (back.Base, back.Best, back.Least, back.Choice));
            Same(there.Alternatives, [.. back.Alternatives.Reverse()]);
            Assert.Equal(there.BestPValue ?? -1, back.BestPValue ?? -1, 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public void A_metric_to_decrease_is_the_mirror_of_one_to_increase(ScoreMethod method, MetricKind kind)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var arms = Data(kind, seed);
            var up = Scorer.Score(arms, Request(method, kind, 1, probability: 90));
            var down = Scorer.Score([.. arms.Select(arm => Mirror(arm, kind))], Request(method, kind, -1, probability: 90));
            Assert.Equal((up.Base, up.Best, up.Choice), (down.Base, down.Best, down.Choice));
            Assert.Equal(up.BestPValue ?? -1, down.BestPValue ?? -1, 1e-9);
            for (var i = 0; i < arms.Length; i++)
            {
                Close(up.Alternatives[i].Z, down.Alternatives[i].Z);
                Close(up.Alternatives[i].Probability, down.Alternatives[i].Probability);
                Close(up.Alternatives[i].PValue, down.Alternatives[i].PValue);
                Close(up.Alternatives[i].ProbabilityBest, down.Alternatives[i].ProbabilityBest);
                Close(up.Alternatives[i].BeatsControl, down.Alternatives[i].BeatsControl);
                Close(up.Alternatives[i].ExpectedLoss, down.Alternatives[i].ExpectedLoss);
                if (kind != MetricKind.Conversion)
                {
                    Close(up.Alternatives[i].Difference, down.Alternatives[i].Difference);
                }
            }
        }
    }

    [Fact]
    public void An_empty_alternative_is_never_the_best_of_a_metric_to_decrease()
    {
        var report = Scorer.Score(Conversions([100, 30], [0, 0], [100, 20]), Request(ScoreMethod.Classic, sign: -1));
        Assert.Equal(("c", "a", "a"), (report.Best, report.Base, report.Least));
        Assert.Contains(report.Missing, m => m.Code == ScoreCodes.EmptyAlternative && m.Detail.Contains("'b'", StringComparison.Ordinal));
    }

    [Fact]
    public void A_closed_alternative_is_described_but_cannot_win()
    {
        var arms = Conversions([1000, 100], [1000, 300], [1000, 150]);
        arms[1] = arms[1] with { IsOpen = false };
        var report = Scorer.Score(arms, Request(ScoreMethod.Bayes, probability: 95));
        Assert.Equal(("c", "c"), (report.Best, report.Choice));
        Assert.Null(report.Alternatives[1].ProbabilityBest);
        Assert.Equal(1, report.Alternatives[1].BeatsControl!.Value, 1e-9);
        Assert.Contains(report.Alternatives[1].Unavailable, u => u is { Field: "probabilityBest", Code: ScoreCodes.Closed });
        Assert.Equal(1, report.Alternatives.Sum(row => row.ProbabilityBest ?? 0), 1e-12);
    }

    [Fact]
    public void No_figure_is_a_negative_zero()
    {
        var report = Scorer.Score(Conversions([1000, 100], [1000, 100], [1000, 120]), Request(ScoreMethod.Classic, sign: -1));
        Assert.All(report.Alternatives.SelectMany(Numbers), number => Assert.False(number == 0 && double.IsNegative(number)));
    }

    [Fact]
    public void An_outcome_is_the_choice_whatever_the_figures_say()
    {
        var request = Request(ScoreMethod.Classic, probability: 95) with { Outcome = "a" };
        Assert.Equal("a", Scorer.Score(Conversions([1000, 50], [1000, 200]), request).Choice);
    }

    [Fact]
    public void Bayes_chooses_when_the_best_is_as_probable_as_asked()
    {
        var arms = Conversions([1000, 100], [1000, 130]);
        Assert.Equal("b", Scorer.Score(arms, Request(ScoreMethod.Bayes, probability: 98)).Choice);
        var unsure = Scorer.Score(arms, Request(ScoreMethod.Bayes, probability: 99));
        Assert.Null(unsure.Choice);
        Assert.Contains(unsure.Missing, m => m.Code == ScoreCodes.NotSignificant && m.Detail.Contains("98.2 %", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(500, 500, 1, false)]
    [InlineData(500, 600, 0.08117564594186938, false)] // chi-square, if this were the only look: 0.0026
    [InlineData(821588, 815482, 0.0004061617249567251, true)] // 1.8e-6
    public void A_spread_that_the_weights_make_unlikely_is_a_mismatch(long a, long b, double p, bool mismatch)
    {
        var arms = Conversions([a, 10], [b, 10]).Select(arm => arm with { ExpectedShare = 0.5 }).ToArray();
        var report = Scorer.Score(arms, Request(ScoreMethod.Bayes));
        Assert.Equal(p, report.SampleRatio.PValue!.Value, p * 1e-9);
        Assert.Equal(mismatch, report.SampleRatio.Mismatch);
        Assert.Equal(mismatch, report.Warnings.Any(w => w.Code == ScoreCodes.SampleRatioMismatch));
    }

    [Theory]
    [InlineData(ScoreMethod.Classic, true)]
    [InlineData(ScoreMethod.Fixed, true)]
    [InlineData(ScoreMethod.Bayes, false)]
    [InlineData(ScoreMethod.Sequential, false)]
    public void Methods_that_adaptive_weights_break_say_so(ScoreMethod method, bool warns)
    {
        var arms = Conversions([1000, 50], [1000, 200]).Select(arm => arm with { ExpectedShare = 0.5 }).ToArray();
        Assert.Equal(warns, Scorer.Score(arms, Request(method) with { IsAdaptive = true }).Warnings.Any(w => w.Code == ScoreCodes.AdaptiveAllocation));
        Assert.Empty(Scorer.Score(arms, Request(method)).Warnings);
    }

    [Fact]
    public void Alternatives_that_contradict_themselves_are_refused()
    {
        var arms = Conversions([10, 5], [10, 6]);
        Assert.Throws<ArgumentException>(() => Scorer.Score(arms, Request(ScoreMethod.Bayes, control: "z")));
        Assert.Throws<ArgumentException>(() => Scorer.Score([arms[0], arms[0]], Request(ScoreMethod.Bayes)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Scorer.Score([arms[0], arms[1] with { Converted = 11 }], Request(ScoreMethod.Bayes)));
        Assert.Throws<ArgumentException>(() => Scorer.Score([arms[0], arms[1] with { Totals = default }], Request(ScoreMethod.Bayes, MetricKind.Value)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Scorer.Score(arms, Request(ScoreMethod.Bayes, sign: 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Scorer.Score(arms, Request(ScoreMethod.Bayes, probability: 100)));
    }

    [Fact]
    public void Method_names_are_read_as_they_are_written() => Assert.All(Enum.GetValues<ScoreMethod>(), method =>
    {
        Assert.True(ScoreMethods.TryParse(method.Name(), out var read));
        Assert.Equal(method, read);
        Assert.False(ScoreMethods.TryParse(method.ToString(), out _));
    });

    private static ArmData[] Data(MetricKind kind, int seed) => kind == MetricKind.Conversion
        ? RandomConversions(seed)
        : Values([.. Enumerable.Range(0, 2 + (seed % 4)).Select(i => Totals((seed * 10) + i, 40 + (17 * i), 5 + (0.3 * i)))]);

    private static ArmData Mirror(ArmData arm, MetricKind kind) => kind == MetricKind.Conversion
        ? arm with { Converted = arm.Participants - arm.Converted, Totals = Moments.FromConversions(arm.Participants, arm.Participants - arm.Converted) }
        : arm with { Totals = arm.Totals.Scale(-1) };

    private static IEnumerable<string> Nulls(ScoreRow row) => typeof(ScoreRow).GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.Name is not (nameof(ScoreRow.Adaptive) or nameof(ScoreRow.Mature) or nameof(ScoreRow.Adjusted)) && p.GetValue(row) is null)
        .Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..]);

    private static IEnumerable<double> Numbers(ScoreRow row) => typeof(ScoreRow).GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Select(p => p.GetValue(row))
        .SelectMany(value => value is LiftInterval lift ? [lift.Estimate, lift.Lower, lift.Upper] : value is double number ? [number] : Array.Empty<double>());

    private static void Same(IReadOnlyList<ScoreRow> left, IReadOnlyList<ScoreRow> right)
    {
        for (var i = 0; i < left.Count; i++)
        {
            Assert.Equal(left[i].Alternative, right[i].Alternative);
            Close(left[i].Z, right[i].Z);
            Close(left[i].Probability, right[i].Probability);
            Close(left[i].Difference, right[i].Difference);
            Close(left[i].PValue, right[i].PValue);
            Close(left[i].Lift?.Lower, right[i].Lift?.Lower);
            Close(left[i].ProbabilityBest, right[i].ProbabilityBest);
            Close(left[i].BeatsControl, right[i].BeatsControl);
            Close(left[i].ExpectedLoss, right[i].ExpectedLoss);
        }
    }

    private static void Close(double? left, double? right)
    {
        Assert.Equal(left is null, right is null);
        if (left is { } x && right is { } y)
        {
            Assert.True(Math.Abs(x - y) <= 1e-9 * Math.Max(1, Math.Abs(x)), $"{x} and {y}");
        }
    }
}
