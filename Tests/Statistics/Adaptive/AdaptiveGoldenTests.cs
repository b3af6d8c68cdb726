using System.Text.Json;
using Bandstand.Statistics;
using Bandstand.Statistics.Adaptive;
using static Bandstand.Tests.Statistics.GoldenFigures;

namespace Bandstand.Tests.Statistics.Adaptive;

public class AdaptiveGoldenTests
{
    [Fact]
    public void Weighted_means_agree_with_reference_figures()
    {
        var log = Root("adaptive-weighting").GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray().Select(n => n.GetDouble()).ToArray()).ToList();
        Assert.All(Cases("adaptive-weighting"), row =>
        {
            var arm = row.GetProperty("arm").GetInt32();

            // The reference looks at the mean before every participant, hence an epoch for each.
            var epochs = log.ConvertAll(unit => new AllocationEpoch(unit[2 + arm], 1, unit[0] == arm ? new Moments(1, unit[1], 0) : default));
            var name = row.GetProperty("weights").GetString()!;
            var weights = name switch
            {
                "propscore" => EvaluationWeights.Probability,
                "sqrtprop" => EvaluationWeights.RootProbability,
                _ => EvaluationWeights.Uniform,
            };
            var estimate = WeightedMean.Of(epochs, weights, isAugmented: name != "ipw-uniform").Value;
            Agree(row.Number("estimate"), estimate.Value, 1e-12, row, "estimate");
            if (row.TryGetProperty("variance", out var variance))
            {
                Agree(variance.GetDouble(), estimate.Variance, 1e-12, row, "variance");
            }
        });
    }

    [Fact]
    public void An_epoch_is_the_sum_of_its_participants()
    {
        // Participants of one epoch have one probability and one first guess, so a batch of them is what its moments say.
        var random = new Random(4);
        var people = Enumerable.Range(0, 300).Select(_ => (First: random.NextDouble() < 0.3, Total: 5 * random.NextDouble())).ToList();
        PairEpoch before = new(0.5, Sum([1, 2, 4]), Sum([2, 3]));
        PairEpoch batch = new(0.3, Sum(people.Where(p => p.First).Select(p => p.Total)), Sum(people.Where(p => !p.First).Select(p => p.Total)));
        double[] first = [1, 2, 4], second = [2, 3];
        var start = (first.Sum() + second.Sum()) / 5;
        List<(double H, double Score)> scores =
        [
            .. first.Select(y => (0.5, (y - start) / 0.5)),
            .. second.Select(y => (0.5, -(y - start) / 0.5)),
            .. people.Select(p => (Math.Sqrt(0.21), (7 / 3.0) - 2.5 + (p.First ? (p.Total - (7 / 3.0)) / 0.3 : -(p.Total - 2.5) / 0.7))),
        ];
        var weight = scores.Sum(s => s.H);
        var estimate = scores.Sum(s => s.H * s.Score) / weight;
        var actual = WeightedDifference.Adaptive([before, batch]).Value;
        Assert.Equal(estimate, actual.Value, 1e-12);

        // Its variance is the squares' but for what is borrowed from the epoch.
        Assert.InRange(actual.Variance / (scores.Sum(s => s.H * s.H * (s.Score - estimate) * (s.Score - estimate)) / weight / weight), 0.95, 1.05);
    }

    private static Moments Sum(IEnumerable<double> totals) => totals.Aggregate(default(Moments), (sum, y) => sum.Add(y));

    private static JsonElement Root(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "stats", name + ".json")));
        return document.RootElement.Clone();
    }
}
