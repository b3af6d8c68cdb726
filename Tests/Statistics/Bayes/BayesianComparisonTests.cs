using System.Text.Json;
using Bandstand.Statistics.Bayes;

namespace Bandstand.Tests.Statistics.Bayes;

public class BayesianComparisonTests
{
    [Fact]
    public void Beta_posteriors_agree_with_40_digit_references()
    {
        foreach (var row in Cases("bayes-beta.json"))
        {
            if (!row.TryGetProperty("arms", out var arms))
            {
                continue;
            }

            var posteriors = arms.EnumerateArray().Select(arm => new BetaPosterior(arm.GetProperty("alpha").GetDouble(), arm.GetProperty("beta").GetDouble())).ToArray();

            var comparison = BayesianComparison.Of(posteriors);

            AssertClose(row.GetProperty("pBest"), comparison.ProbabilityBest, 1e-8);
            AssertClose(row.GetProperty("expectedLoss"), comparison.ExpectedLoss, 1e-8);
            Assert.Equal(row.GetProperty("eMax").GetDouble(), comparison.ExpectedMaximum, 1e-8);
        }
    }

    [Fact]
    public void Normal_posteriors_agree_with_40_digit_references()
    {
        foreach (var row in Cases("bayes-normal.json"))
        {
            var means = row.GetProperty("means").EnumerateArray().Select(x => x.GetDouble());
            var sds = row.GetProperty("sds").EnumerateArray().Select(x => x.GetDouble());
            var posteriors = means.Zip(sds, (mean, sd) => new NormalPosterior(mean, sd)).ToArray();

            var comparison = BayesianComparison.Of(posteriors);

            AssertClose(row.GetProperty("pBest"), comparison.ProbabilityBest, 1e-9);
            AssertClose(row.GetProperty("expectedLoss"), comparison.ExpectedLoss, 1e-9);
        }
    }

    // Exact percentages by independent adaptive integration (40 digits), which Vanity's own integration misses by up to 100 points.
    [Theory]
    [InlineData(1_000_000, 100_000, 1_000_000, 100_900, 1.713)]
    [InlineData(100_000, 10_000, 100_000, 10_300, 1.316)]
    [InlineData(50_000, 50, 50_000, 80, 0.423)]
    public void Narrow_posteriors_are_compared_as_exactly_as_wide_ones(long n1, long c1, long n2, long c2, double percent)
    {
        var comparison = BayesianComparison.Of([BetaPosterior.Of(n1, c1), BetaPosterior.Of(n2, c2)]);

        Assert.Equal(percent, 100 * comparison.ProbabilityBest[0], 5e-4);
    }

    [Fact]
    public void Vanitys_sets_give_the_exact_percentages()
    {
        var path = SharedGolden.Find("vanity/vanity.json");
        if (path is null)
        {
            Assert.Skip("The folder of golden figures was not found beside the repository: Vanity's sets were not compared.");
        }

        using var vanity = JsonDocument.Parse(File.ReadAllBytes(path));
        var compared = 0;
        foreach (var row in vanity.RootElement.GetProperty("bayes").EnumerateArray())
        {
            if (!row.TryGetProperty("exact_percent", out var exact) || exact.ValueKind != JsonValueKind.Array)
            {
                continue;
            }

            var sets = row.GetProperty("sets").EnumerateArray().Select(set => BetaPosterior.Of(set[0].GetInt64(), set[1].GetInt64())).ToArray();
            AssertClose(exact, [.. BayesianComparison.Of(sets).ProbabilityBest.Select(p => 100 * p)], 1e-6);
            compared++;
        }

        Assert.True(compared >= 10, $"Only {compared} rows were compared.");
    }

    [Fact]
    public void The_closed_form_for_two_alternatives_agrees()
    {
        // Miller (2015): P(B > A) = Σ_{i<α_B} B(α_A + i, β_A + β_B) / ((β_B + i) B(1 + i, β_B) B(α_A, β_A)).
        foreach (var (nA, cA, nB, cB) in new[] { (10L, 3L, 12L, 5L), (0L, 0L, 5L, 5L), (200L, 20L, 180L, 30L), (1L, 0L, 1L, 1L) })
        {
            var (a, b) = (BetaPosterior.Of(nA, cA), BetaPosterior.Of(nB, cB));
            var sum = 0.0;
            for (var i = 0; i < b.Alpha; i++)
            {
                sum += Math.Exp(LogBeta(a.Alpha + i, a.Beta + b.Beta) - Math.Log(b.Beta + i) - LogBeta(1 + i, b.Beta) - LogBeta(a.Alpha, a.Beta));
            }

            Assert.Equal(sum, BayesianComparison.Of([a, b]).ProbabilityBest[1], 1e-10);
        }
    }

    [Fact]
    public void Reordering_alternatives_reorders_the_answer()
    {
        var posteriors = new[] { BetaPosterior.Of(182, 35), BetaPosterior.Of(180, 45), BetaPosterior.Of(189, 28), BetaPosterior.Of(188, 61) };
        var forward = BayesianComparison.Of(posteriors);
        var backward = BayesianComparison.Of([.. posteriors.Reverse()]);

        AssertClose(forward.ProbabilityBest, [.. backward.ProbabilityBest.Reverse()], 1e-13);
    }

    [Fact]
    public void Mirrored_twice_is_the_same_and_mirrored_once_finds_the_least()
    {
        var (a, b) = (BetaPosterior.Of(1000, 100), BetaPosterior.Of(1000, 130));

        var best = BayesianComparison.Of([a, b]).ProbabilityBest;
        var least = BayesianComparison.Of([a.Mirrored, b.Mirrored]).ProbabilityBest;

        Assert.Equal(best[0], least[1], 1e-12);
        Assert.Equal(a, a.Mirrored.Mirrored);
    }

    [Fact]
    public void An_empty_alternative_among_full_ones_is_most_likely_best()
    {
        long[][] sets = [[1000, 100], [0, 0], [1000, 120], [990, 130], [1010, 140]];

        var best = BayesianComparison.Of([.. sets.Select(set => BetaPosterior.Of(set[0], set[1]))]).ProbabilityBest;

        Assert.Equal(0.857, best[1], 5e-4);
        Assert.Equal(1, best.Sum(), 1e-12);
    }

    [Fact]
    public void Two_hundred_and_fifty_six_equal_alternatives_share_evenly()
    {
        var best = BayesianComparison.Of([.. Enumerable.Repeat(BetaPosterior.Of(100, 10), 256)]).ProbabilityBest;

        Assert.All(best, probability => Assert.Equal(1.0 / 256, probability, 1e-12));
    }

    [Fact]
    public void Student_posteriors_of_many_participants_agree_with_normal_ones_and_few_are_wider()
    {
        var many = new[] { new StudentPosterior(1, 0.1, 1e7), new StudentPosterior(1.15, 0.12, 1e7) };
        var few = new[] { new StudentPosterior(1, 0.1, 3), new StudentPosterior(1.15, 0.12, 3) };
        var normal = BayesianComparison.Of([new NormalPosterior(1, 0.1), new NormalPosterior(1.15, 0.12)]);

        Assert.Equal(normal.ProbabilityBest[0], BayesianComparison.Of(many).ProbabilityBest[0], 1e-6);
        Assert.True(BayesianComparison.Of(few).ProbabilityBest[0] > normal.ProbabilityBest[0] + 0.01);
    }

    [Fact]
    public void A_Cauchy_like_posterior_is_halved_at_its_middle()
    {
        var best = BayesianComparison.Of([new StudentPosterior(0, 1, 1.5), new StudentPosterior(0, 5, 1.5)]).ProbabilityBest;

        Assert.Equal(0.5, best[0], 1e-8);
    }

    [Fact]
    public void More_converted_than_participants_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BetaPosterior.Of(3, 4));
    }

    private static double LogBeta(double a, double b) =>
        MathNet.Numerics.SpecialFunctions.GammaLn(a) + MathNet.Numerics.SpecialFunctions.GammaLn(b) - MathNet.Numerics.SpecialFunctions.GammaLn(a + b);

    private static IEnumerable<JsonElement> Cases(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "stats", file))).RootElement.GetProperty("cases").EnumerateArray();

    private static void AssertClose(JsonElement expected, IReadOnlyList<double> actual, double tolerance) =>
        AssertClose([.. expected.EnumerateArray().Select(x => x.GetDouble())], actual, tolerance);

    private static void AssertClose(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"[{i}]: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }
}
