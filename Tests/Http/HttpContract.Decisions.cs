using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bandstand.Allocation;
using Bandstand.Statistics.Bayes;

namespace Bandstand.Tests.Http;

public abstract partial class HttpContract
{
    /// <summary>Whoever asks why a weight is what it is finds in the decision all that it takes to work it out again.</summary>
    [Theory]
    [InlineData("conversion", "increase", "\"floor\":0.05", """{"alpha":3,"beta":20}""")]
    [InlineData("conversion", "decrease", "\"algorithm\":\"top-two\"", null)]
    [InlineData("conversion", "increase", "\"discount\":0.8", null)]
    [InlineData("conversion", "increase", "\"by\":\"country\",\"floor\":0.02", null)]
    [InlineData("count", "decrease", "\"floor\":0.1", null)]
    [InlineData("value", "increase", "\"algorithm\":\"top-two\",\"discount\":0.9", null)]
    [InlineData("value", "increase", "\"by\":\"country\"", null)]
    [InlineData("value", "increase", "\"floor\":0.01", """{"mean":4,"stdDev":9,"participants":20}""")]
    [InlineData("ratio", "increase", "\"floor\":0.05", null)]
    [InlineData("ratio", "decrease", "\"algorithm\":\"top-two\"", null)]
    public async Task A_decision_record_alone_gives_its_weights_again(string kind, string goal, string allocation, string? prior)
    {
        await LearnAbout(kind, goal, allocation, prior);

        var decisions = (await Get("/v1/experiments/price/decisions?limit=1000")).Json.GetProperty("items").EnumerateArray().ToList();
        var epochs = (await Get("/v1/experiments/price/epochs?limit=1000")).Json.GetProperty("items").EnumerateArray().ToList();
        var rebalanced = decisions.Where(decision => decision.GetProperty("kind").ValueEquals("rebalanced")).ToList();
        Assert.True(rebalanced.Count > (kind == "ratio" ? 2 : 4), $"{rebalanced.Count} rebalances are too few to tell.");
        foreach (var decision in rebalanced)
        {
            var (settings, before, number) = (decision.GetProperty("settings"), decision.GetProperty("before"), decision.GetProperty("number").GetInt64());
            var defined = decisions.Last(d => d.GetProperty("kind").GetString() is "created" or "defined" && d.GetProperty("number").GetInt64() < number).GetProperty("number");
            Assert.Equal(defined.GetInt64(), settings.GetProperty("definition").GetInt64());
            var weights = Numbers(decision.GetProperty("weights"));
            Assert.Equal(weights, WorkedOut(settings, Numbers(before), weights, decision.GetProperty("figures")));
            Assert.Equal(weights, Numbers(epochs[decision.GetProperty("epoch").GetInt32()].GetProperty("weights")));
            ReadsWell(decision);
            foreach (var segment in decision.TryGetProperty("segments", out var segments) ? [.. segments.EnumerateArray()] : Array.Empty<JsonElement>())
            {
                var own = Numbers(segment.GetProperty("weights"));
                Assert.Equal(own, WorkedOut(settings, Numbers(before), own, segment.GetProperty("figures")));
                var epoch = epochs.Single(e => e.GetProperty("decision").GetInt64() == number && e.TryGetProperty("segment", out var s) && s.GetString() == segment.GetProperty("segment").GetString());
                Assert.Equal(own, Numbers(epoch.GetProperty("weights")));
            }
        }

        Assert.Equal(allocation.Contains("\"by\"", StringComparison.Ordinal), rebalanced.Exists(decision => decision.TryGetProperty("segments", out _)));
        Assert.Contains(rebalanced, decision => Regex.IsMatch(decision.GetProperty("reason").GetString()!, "'d' kept (its weight|their weights), at most an even share"));
    }

    private static readonly Regex ReasonOfRebalance = new(
        """^After (\d+) participants, \d+ of them in epoch \d+: '(.)' is the best by 'm' with a probability of (.+?) % \((\d+) of (\d+) converted, mean [\d.]+\)(; [^;]+)*\.( '.+' of country have weights of their own\.| Weights stay; .+\.)?$""",
        RegexOptions.ExplicitCapture);

    /// <summary>The reason names the alternative that is probably the best, by its figures.</summary>
    private static void ReadsWell(JsonElement decision)
    {
        var reason = decision.GetProperty("reason").GetString()!;
        var leader = decision.GetProperty("figures").EnumerateArray().Where(f => f.GetProperty("probabilityBest").ValueKind == JsonValueKind.Number).MaxBy(f => f.GetProperty("probabilityBest").GetDouble());
        var probability = leader.GetProperty("probabilityBest").GetDouble();
        var percent = probability > 0.9999 ? "over 99.99" : (100 * probability).ToString("0.##", CultureInfo.InvariantCulture);
        Assert.Matches(ReasonOfRebalance, reason);
        Assert.Contains(
            $"'{leader.GetProperty("alternative")}' is the best by 'm' with a probability of {percent} % ({leader.GetProperty("converted")} of {leader.GetProperty("participants")} converted",
            reason,
            StringComparison.Ordinal);
    }

    /// <summary>The weights that follow from a decision's own figures and settings, by nothing but posteriors, floor, burn-in and rounding.</summary>
    private static Dictionary<string, int> WorkedOut(JsonElement settings, Dictionary<string, int> before, Dictionary<string, int> weights, JsonElement figures)
    {
        var rows = figures.EnumerateArray().ToList();
        string[] keys = [.. rows.Select(row => row.GetProperty("alternative").GetString()!)];
        bool[] open = [.. keys.Select(key => weights[key] > 0)];
        var known = Enumerable.Range(0, keys.Length).Where(i => rows[i].GetProperty("probabilityBest").ValueKind == JsonValueKind.Number).ToList();
        var isRatio = settings.GetProperty("kind").ValueEquals("ratio"); // Which may also have too little below the line.
        Assert.All(Enumerable.Range(0, keys.Length), i => Assert.True(known.Contains(i) || !open[i] || isRatio || rows[i].GetProperty("participants").GetInt64() < settings.GetProperty("burnIn").GetInt64()));

        var (probabilities, shares) = Shares(settings, [.. known.Select(i => rows[i])]);
        Assert.All(known.Select((i, k) => (rows[i].GetProperty("probabilityBest").GetDouble(), probabilities[k])), pair => Assert.Equal(pair.Item1, pair.Item2, 1e-9));

        // Who waits keeps what it had, at most an even share; the others share the rest, none under the floor.
        var least = Math.Max(1, Math.Ceiling((settings.GetProperty("floor").GetDouble() * 10_000) - 1e-9));
        var exact = new double[keys.Length];
        foreach (var i in Enumerable.Range(0, keys.Length).Where(i => open[i] && !known.Contains(i)))
        {
            exact[i] = Math.Min(Math.Max(before[keys[i]], least), known.Count == 0 ? 10_000 : 10_000.0 / open.Count(o => o));
        }

        var room = 10_000 - exact.Sum();
        for (var lifted = new HashSet<int>(); ;)
        {
            var free = Enumerable.Range(0, known.Count).Where(k => !lifted.Contains(k)).ToList();
            var rest = room - (least * lifted.Count);
            free.ForEach(k => exact[known[k]] = shares[k] / free.Sum(f => shares[f]) * rest);
            var under = free.Where(k => exact[known[k]] < least).ToList();
            under.ForEach(k => exact[known[k]] = least);
            if (under.Count == 0)
            {
                break;
            }

            lifted.UnionWith(under);
        }

        var whole = WholeWeights.Of(exact, open, (int)least);
        return keys.Select((key, i) => (key, whole[i])).ToDictionary();
    }

    private static (IReadOnlyList<double> Probabilities, IReadOnlyList<double> Shares) Shares(JsonElement settings, List<JsonElement> rows)
    {
        var (sign, prior) = (settings.GetProperty("goal").ValueEquals("decrease") ? -1 : 1, settings.GetProperty("prior"));
        var topTwo = settings.GetProperty("algorithm").ValueEquals("top-two");
        if (settings.GetProperty("kind").ValueEquals("conversion"))
        {
            BetaPosterior[] rates = [.. rows.Select(Rate).Select(rate => sign < 0 ? rate.Mirrored : rate)];
            var best = BayesianComparison.Of(rates).ProbabilityBest;
            return (best, topTwo ? TopTwo.Of(rates).Resample : best);
        }

        StudentPosterior[] means = [.. rows.Select(Mean).Select(mean => sign < 0 ? mean.Mirrored : mean)];
        var probabilities = BayesianComparison.Of(means).ProbabilityBest;
        return (probabilities, topTwo ? TopTwo.Of(means).Resample : probabilities);

        BetaPosterior Rate(JsonElement row)
        {
            var (n, mean) = Worth(row);
            return new((prior.ValueKind == JsonValueKind.Null ? 1 : Number(prior, "alpha")) + (n * mean), (prior.ValueKind == JsonValueKind.Null ? 1 : Number(prior, "beta")) + (n * (1 - mean)));
        }

        StudentPosterior Mean(JsonElement row)
        {
            var (n, mean) = Worth(row);
            var from = row.TryGetProperty("believed", out var believed) ? believed : row;
            var (deviation, freedom) = (Number(from, "stdDev"), from.TryGetProperty("degreesOfFreedom", out var given) ? given.GetDouble() : n - 1);
            if (prior.ValueKind == JsonValueKind.Null)
            {
                return new(mean, deviation / Math.Sqrt(n), freedom);
            }

            // Gelman et al. (2013), §3.3.
            var (worth, all) = (Number(prior, "participants") + n, Number(prior, "degreesOfFreedom") + freedom + 1);
            var away = mean - Number(prior, "mean");
            var squares = (Number(prior, "degreesOfFreedom") * Number(prior, "stdDev") * Number(prior, "stdDev")) + (freedom * deviation * deviation) + (Number(prior, "participants") * n / worth * away * away);
            return new(Number(prior, "mean") + (n / worth * away), Math.Sqrt(squares / all / worth), all);
        }

        static (double Participants, double Mean) Worth(JsonElement row) => row.TryGetProperty("believed", out var believed)
            ? (Number(believed, "participants"), Number(believed, "mean"))
            : (Number(row, "participants"), Number(row, "mean"));
    }

    private static double Number(JsonElement of, string field) => of.GetProperty(field).GetDouble();

    private static Dictionary<string, int> Numbers(JsonElement byKey) => byKey.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetInt32());

    /// <summary>People come in lists of 50 and do something, the more the better their alternative is; a fourth alternative comes later.</summary>
    private async Task LearnAbout(string kind, string goal, string allocation, string? prior)
    {
        var scoring = prior is null ? "" : "\"scoring\":{\"prior\":{\"m\":" + prior + "}},";
        string Definition(string more) => $$$"""
            {"alternatives":[{"key":"a"},{"key":"b"},{"key":"c","weight":2}{{{more}}}],"default":"a","segments":["country"],"metrics":[{"id":"m","kind":"{{{kind}}}","goal":"{{{goal}}}"{{{(kind == "ratio" ? ",\"numerator\":\"spend\",\"denominator\":\"order\"" : "")}}}}],
             {{{scoring}}}"allocation":{"policy":"bandit","burnIn":25,"every":{"assignments":100},{{{allocation}}}}}
            """;
        await Define("price", Definition(""));
        for (var list = 0; list < 20; list++)
        {
            if (list == 9)
            {
                Assert.Equal(200, (await Put("/v1/experiments/price", Definition(",{\"key\":\"d\",\"weight\":0.1}"))).Status);
            }

            var people = Enumerable.Range(50 * list, 50).ToList();
            var country = list % 2 == 0 ? "DE" : "FR";
            var answers = (await Post("/v1/experiments/price/assignments", $$$"""{"identities":[{{{string.Join(',', people.Select(i => $"\"u{i}\""))}}}],"attributes":{"country":"{{{country}}}"}}""")).Json.GetProperty("assignments");
            var did = answers.EnumerateArray().Select((answer, i) => (Identity: answer.GetProperty("identity").GetString(), Rank: Rank(answer), Number: people[i]))
                .Where(one => one.Number * 7919 % 100 < 20 + (8 * one.Rank))
                .Select(one => string.Create(CultureInfo.InvariantCulture, $$"""{"metric":"{{(kind == "ratio" ? "spend" : "m")}}","identity":"{{one.Identity}}","value":{{(kind is "value" or "ratio" ? 2.5 + (one.Number % 5) + one.Rank : 1)}}}"""));
            var ordered = kind == "ratio" ? people.Select(i => $$"""{"metric":"order","identity":"u{{i}}","value":{{1 + (i % 2)}}}""") : [];
            Assert.Equal(200, (await Lines("/v1/events", string.Join('\n', did.Concat(ordered)))).Status);
            int Rank(JsonElement answer) => (answer.GetProperty("alternative").GetString()![0] - 'a' + (country == "DE" ? 0 : 2)) % 4;
        }
    }
}
