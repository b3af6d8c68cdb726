using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bandstand.Experiments;
using Bandstand.Statistics.Scoring;
using static Bandstand.Tests.Statistics.Scoring.ScoreData;

namespace Bandstand.Tests.Statistics.Scoring;

public partial class ConclusionTests
{
    [Fact]
    public void Claims_follow_from_the_figures_as_in_Vanity()
    {
        var path = SharedGolden.Find("vanity/vanity.json");
        Assert.SkipWhen(path is null, "vanity/vanity.json not found");
        using var golden = JsonDocument.Parse(File.ReadAllText(path));
        Assert.All(golden.RootElement.GetProperty("conclusion").EnumerateArray(), row =>
        {
            var sets = row.GetProperty("sets").EnumerateArray().Select(set => new[] { set[0].GetInt64(), set[1].GetInt64() });
            var method = row.GetProperty("method").GetString() == "score" ? ScoreMethod.Classic : ScoreMethod.Bayes;
            var outcome = row.TryGetProperty("outcome", out var index) ? Key(index.GetInt32()) : null;
            var claims = Conclusion.Of(Scorer.Score(Conversions([.. sets]), Request(method).ForConclusion() with { Outcome = outcome }));
            Assert.Equal(
                row.GetProperty("claims").EnumerateArray().Select(sentence => Meaning(sentence.GetString()!)),
                claims.Select(Meaning));
        });
    }

    [Fact]
    public void A_leader_is_named_with_its_lead_and_confidence()
    {
        Assert.Equal(
            ["2000 participants so far.", "'b' leads with a conversion rate of 20.0 %, 300 % more than 'a'.", "By the classic score this is significant at 99.9 %.", "'a' has a conversion rate of 5.0 %.", "'b' is chosen."],
            Texts(ScoreMethod.Classic, Conversions([1000, 50], [1000, 200])));
        Assert.Equal(
            ["2000 participants so far.", "'b' leads with a conversion rate of 13.0 %, 30 % more than 'a'.", "It is the best with a probability of 98.2 %.", "'a' has a conversion rate of 10.0 %.", "'b' is chosen."],
            Texts(ScoreMethod.Bayes, Conversions([1000, 100], [1000, 130])));
    }

    [Fact]
    public void Where_less_is_better_the_smallest_rate_leads_even_when_it_is_zero()
    {
        var report = Scorer.Score(Conversions([100, 20], [100, 0], [0, 0]), Request(ScoreMethod.Classic, sign: -1).ForConclusion());
        Assert.Equal(
            ["200 participants so far.", "'b' leads with a conversion rate of 0.0 %, 100 % less than 'a'.", "By the classic score this is significant at 99.9 %.", "'a' has a conversion rate of 20.0 %.", "'c' has no participants.", "'b' is chosen."],
            Conclusion.Of(report).Select(claim => claim.Text));
    }

    [Fact]
    public void A_value_metric_is_told_in_means()
    {
        var report = Scorer.Score(
            Values([1, 2, 3, 4, 5], [11, 12, 13, 14, 15]), Request(ScoreMethod.Bayes, MetricKind.Value).ForConclusion());
        var claims = Conclusion.Of(report);
        Assert.Equal(["participants", "best", "probability-best", "converted", "selected"], claims.Select(claim => claim.Code));
        Assert.Equal((13.0, "a", 333.0), (claims[1].Args.Mean!.Value, claims[1].Args.Over!, claims[1].Args.Lead!.Value));
    }

    [Fact]
    public void A_closed_alternative_is_not_spoken_of()
    {
        var arms = Conversions([1000, 100], [1000, 300], [1000, 150]);
        arms[1] = arms[1] with { IsOpen = false };
        Assert.DoesNotContain(Texts(ScoreMethod.Bayes, arms), text => text.Contains("'b'", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Texts(ScoreMethod method, ArmData[] arms) =>
        Conclusion.Of(Scorer.Score(arms, Request(method).ForConclusion())).Select(claim => claim.Text);

    /// <summary>Code, key and figures of one of our claims, in the form that Vanity's sentences are read into.</summary>
    private static string Meaning(Claim claim)
    {
        var args = claim.Args;
        return claim.Code switch
        {
            "participants" => Said("participants", args.Participants),
            "best" => Said("best", args.Alternative, args.Rate, args.Lead, args.Lead is null ? null : args.Over),
            "significant" or "probability-best" => Said(claim.Code, Math.Truncate(args.Probability!.Value)),
            "converted" => Said("converted", args.Alternative, args.Rate),
            "not-converted" or "selected" => Said(claim.Code, args.Alternative),
            _ => claim.Code,
        };
    }

    /// <summary>What one of Vanity's sentences says, told by its letters and figures alone.</summary>
    private static string Meaning(string sentence)
    {
        var keys = Option().Matches(sentence).Select(m => m.Groups[1].Value.ToLowerInvariant()).ToArray();
        var numbers = Number().Matches(sentence).Select(m => double.Parse(m.Value, CultureInfo.InvariantCulture)).ToArray();
        bool Has(string word) => sentence.Contains(word, StringComparison.OrdinalIgnoreCase);
        return (keys.Length, numbers.Length) switch
        {
            (0, 0) when Has("no participants") => "no-participants",
            (0, 0) when Has("winner") => "no-clear-winner",
            (0, 0) when Has("not") && Has("significant") => "not-significant",
            (0, 0) => "low-confidence",
            (0, 1) when Has("significant") => Said("significant", numbers[0]),
            (0, 1) when Has("participant") => Said("participants", numbers[0]),
            (0, 1) => Said("probability-best", numbers[0]),
            (1, 0) when Has("not") => Said("not-converted", keys[0]),
            (1, 0) => Said("selected", keys[0]),
            (1, 1) when Has("best") => Said("best", keys[0], numbers[0], null, null),
            (1, 1) => Said("converted", keys[0], numbers[0]),
            (2, 2) => Said("best", keys[0], numbers[0], numbers[1], keys[1]),
            _ => sentence,
        };
    }

    private static string Said(params object?[] parts) => string.Join(' ', parts.Select(p => Convert.ToString(p, CultureInfo.InvariantCulture)));

    [GeneratedRegex("option ([A-Z])", RegexOptions.IgnoreCase)]
    private static partial Regex Option();

    [GeneratedRegex(@"\d+(\.\d+)?")]
    private static partial Regex Number();
}
