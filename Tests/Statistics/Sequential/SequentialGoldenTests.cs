using System.Text.Json;
using Bandstand.Statistics.Sequential;
using static Bandstand.Tests.Statistics.GoldenFigures;

namespace Bandstand.Tests.Statistics.Sequential;

public class SequentialGoldenTests
{
    [Fact]
    public void Asymptotic_sequences_agree_with_reference_figures() => Assert.All(Cases("anytime-asymptotic-cs"), row =>
    {
        var sequence = new AsymptoticSequence(row.Number("Nstar"), row.Number("alpha"));
        double se = row.Number("se"), size = row.Number("N");
        Agree(row.Number("rho"), sequence.Rho, 1e-9, row, "rho");
        Agree(row.Number("halfWidth"), sequence.Critical(size) * se, 1e-9, row, "half-width");
        Agree(row.Number("pAlwaysValid"), sequence.Evidence(row.Number("estimate") / se, size).PValue, 1e-9, row, "p");
    });

    [Fact]
    public void An_interval_and_its_p_value_say_the_same() => Assert.All(new double[] { 20, 500, 5000, 1e6 }, size =>
    {
        var sequence = new AsymptoticSequence(5000, 0.05);
        var z = sequence.Critical(size);
        Assert.Equal(0.05, sequence.Evidence(z, size).PValue, 1e-12);
        Assert.Equal(20, sequence.Evidence(-z, size).EValue, 1e-10);
    });

    [Fact]
    public void The_normal_mixture_test_agrees_with_reference_figures() => Assert.All(Cases("msprt-normal"), row =>
    {
        double variance = row.Number("varDiff"), mixture = row.Number("tau2");
        var evidence = NormalMixtureTest.Evidence(row.Number("diff"), variance, mixture);
        Agree(row.Number("lambda"), evidence.EValue, 1e-12, row, "lambda");
        Agree(row.Number("pNow"), evidence.PValue, 1e-12, row, "p");
        Agree(row.Number("cs95HalfWidth"), NormalMixtureTest.HalfWidth(variance, mixture, 0.05), 1e-12, row, "half-width");
    });

    [Fact]
    public void The_normal_mixture_agrees_with_the_confseq_library()
    {
        var sequence = new AsymptoticSequence(100, 0.05);
        var rows = Cases("confseq-published");
        Agree(rows.Single(r => r.GetProperty("f").GetString() == "twoSidedNormalMixture.bestRho").Number("y"), 1 / (sequence.Rho * sequence.Rho), 1e-6, rows[0]);
        var row = rows.Single(r => r.GetProperty("f").GetString() == "normalLogMixture" && !r.GetProperty("args").GetProperty("oneSided").GetBoolean());
        Agree(row.Number("y"), sequence.Evidence(1, 100).LogE, 1e-6, row);
    }

    [Fact]
    public void A_mixture_that_shrinks_with_the_sample_is_a_fixed_boundary_in_disguise()
    {
        // Statsig documents τ² ∝ the difference's variance: z* stays the same at every size, so by the law of the iterated logarithm it is
        // crossed in the end. A mixture that was fixed beforehand asks for more and more.
        Assert.All(Cases("statsig-documented-sequential"), row =>
        {
            double variance = row.Number("V"), mixture = row.Number("tau");
            Agree(row.Number("zStar"), Documented(variance, mixture), 1e-9, row, "z*");
        });
        Assert.Equal(Documented(0.002, 0.002 * 1.9207294), Documented(2e-9, 2e-9 * 1.9207294), 1e-9);
        Assert.All(new[] { (2e-5, 2e-7), (2e-7, 2e-9) }, v => Assert.True(Fixed(v.Item2) > Fixed(v.Item1) + 0.2));

        static double Documented(double variance, double mixture) =>
            Math.Sqrt((variance + mixture) / mixture * ((-2 * Math.Log(0.05 / 2)) - Math.Log(variance / (variance + mixture))));

        static double Fixed(double variance) => NormalMixtureTest.HalfWidth(variance, 0.001, 0.05) / Math.Sqrt(variance);
    }

    [Fact]
    public void Corrections_agree_with_reference_figures() => Assert.All(Cases("multiple-comparisons"), row =>
    {
        var p = Numbers(row, "p");
        Near(Numbers(row, "bonferroni"), MultipleComparisons.Bonferroni(p), 1e-12);
        Near(Numbers(row, "holm"), MultipleComparisons.Holm(p), 1e-12);
        Near(Numbers(row, "hochberg"), MultipleComparisons.Hochberg(p), 1e-12);
        Near(Numbers(row, "bh"), MultipleComparisons.BenjaminiHochberg(p), 1e-12);
        Near(Numbers(row, "by"), MultipleComparisons.BenjaminiYekutieli(p), 1e-12);
    });

    [Fact]
    public void E_BH_rejects_the_largest_that_are_large_enough_together()
    {
        // At α = 0.1 with five questions: 50, 25, 16.7, 12.5 and 10 are asked of the first to the fifth.
        var adjusted = MultipleComparisons.EBenjaminiHochberg([0.3, 30, 26, 1e9, 12]);
        Assert.Equal([false, true, true, true, false], adjusted.Select(a => a <= 0.1));
        Assert.Equal(5 / (26 * 3.0), adjusted[1], 1e-15);
        Assert.Equal(1, adjusted[0]);
        Assert.Empty(MultipleComparisons.EBenjaminiHochberg([]));
    }

    [Fact]
    public void Sample_ratios_agree_with_reference_figures() => Assert.All(Cases("srm-sequential"), row =>
    {
        var expected = Numbers(row, "logBayesFactor");
        Near(expected, [.. Sums(row).Select(counts => DirichletMultinomial.Evidence(counts, Numbers(row, "p0"), row.Number("concentration")).LogE)], 1e-9);
    });

    [Fact]
    public void Sample_ratios_agree_with_published_figures() => Assert.All(Cases("ssrm-published"), row =>
    {
        // Their figures are of multinomial batches, so each step lacks the number of orders; it cancels in the Bayes factor.
        var evidence = Sums(row).Select(counts => DirichletMultinomial.LogMarginal(counts, [1, 1, 1]) - Enumerable.Range(0, 3).Sum(k => counts[k] * Math.Log(k == 2 ? 0.2 : 0.4)));
        var expected = Numbers(row, "logM1").Zip(Numbers(row, "logM0"), (one, none) => one - none);
        Near([.. expected], [.. evidence], 1e-9);
    });

    private static IEnumerable<long[]> Sums(JsonElement row)
    {
        long[]? sum = null;
        foreach (var counts in row.GetProperty("rows").EnumerateArray())
        {
            long[] next = [.. counts.EnumerateArray().Select(n => n.GetInt64())];
            sum = sum is null ? next : [.. sum.Zip(next, (a, b) => a + b)];
            yield return sum;
        }
    }

    private static double[] Numbers(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(n => n.GetDouble())];

    private static void Near(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
