using System.Reflection;
using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Tests.Statistics.Scoring;

public class MissingTests
{
    [Fact]
    public void Every_code_of_a_score_is_explained_in_the_docs()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "statistics.md"));
        var codes = typeof(ScoreCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).ToList();

        Assert.True(codes.Count > 15);
        Assert.All(codes, code => Assert.Contains($"`{code}`", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ScoreMethod.Fixed)]
    [InlineData(ScoreMethod.Sequential)]
    [InlineData(ScoreMethod.Bayes)]
    [InlineData(ScoreMethod.Classic)]
    public void A_verdict_that_is_not_there_says_how_many_and_how_long(ScoreMethod method)
    {
        var missing = Missing(method, perDay: 250, (2000, 200), (2000, 220));

        Assert.Equal(ScoreCodes.NotSignificant, missing.Code);
        Assert.InRange(missing.Participants!.Value, 1000, 60_000);
        Assert.Equal(missing.Participants / 250.0, missing.Days);
        Assert.Contains($"about {missing.Participants} participants more", missing.Detail, StringComparison.Ordinal);
        Assert.Contains("days at the present 250 a day", missing.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_participants_it_names_are_enough()
    {
        var more = Missing(ScoreMethod.Sequential, null, (2000, 200), (2000, 220)).Participants!.Value;
        var times = (4000.0 + more) / 4000;
        var then = Scorer.Score(Arms(((long)(2000 * times), (long)(200 * times)), ((long)(2000 * times), (long)(220 * times))), Request(ScoreMethod.Sequential, null));
        var before = Scorer.Score(Arms(((long)(1800 * times), (long)(180 * times)), ((long)(1800 * times), (long)(198 * times))), Request(ScoreMethod.Sequential, null));

        Assert.InRange(then.BestPValue!.Value, 0.02, 0.05);
        Assert.True(before.BestPValue > 0.05);
    }

    [Fact]
    public void Without_a_difference_or_traffic_no_number_is_made_up()
    {
        var equal = Missing(ScoreMethod.Fixed, 250, (2000, 200), (2000, 200));
        Assert.Equal((ScoreCodes.NotSignificant, null, null), (equal.Code, equal.Participants, equal.Days));
        var unknown = Missing(ScoreMethod.Fixed, null, (2000, 200), (2000, 220));
        Assert.NotNull(unknown.Participants);
        Assert.Null(unknown.Days);
        Assert.DoesNotContain("days", unknown.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_that_are_missing_are_told_in_participants()
    {
        // 20 of 200 bought there: 180 more take 1 800 participants of it, 3 600 in all.
        ArmData[] arms = [Buyers("a", 200, 20), Buyers("b", 200, 30)];
        var missing = Scorer.Score(arms, Request(ScoreMethod.Sequential, 400) with { Kind = MetricKind.Value }).Missing.Single();

        Assert.Equal((ScoreCodes.FewParticipants, 3600L, 9.0), (missing.Code, missing.Participants, missing.Days));
        var few = Missing(ScoreMethod.Classic, null, (100, 2), (100, 10));
        Assert.Equal((ScoreCodes.FewConversions, 300L), (few.Code, few.Participants));
    }

    private static ArmData Buyers(string key, int participants, int buyers)
    {
        var totals = Enumerable.Range(0, participants).Aggregate(default(Moments), (sum, i) => sum.Add(i < buyers ? 1 + (i % 3) : 0));
        return new ArmData(key, "0", participants, buyers, buyers, totals, 0.5);
    }

    private static MissingReason Missing(ScoreMethod method, double? perDay, params (long Participants, long Converted)[] arms)
        => Scorer.Score(Arms(arms), Request(method, perDay)).Missing[0];

    private static ArmData[] Arms(params (long Participants, long Converted)[] arms)
        => [.. arms.Select((a, i) => new ArmData($"{(char)('a' + i)}", "0", a.Participants, a.Converted, a.Converted, default, 1.0 / arms.Length))];

    private static ScoreRequest Request(ScoreMethod method, double? perDay) => new()
    {
        Method = method,
        Metric = "m",
        Kind = MetricKind.Conversion,
        Epoch = 0,
        AsOf = default,
        Control = "a",
        Default = "a",
        PerDay = perDay,
        Probability = 95,
    };
}
