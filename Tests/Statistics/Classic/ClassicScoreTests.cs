using System.Text.Json;
using Bandstand.Statistics.Classic;
using Bandstand.Statistics.Scoring;
using Bandstand.Tests.Statistics.Scoring;

namespace Bandstand.Tests.Statistics.Classic;

public class ClassicScoreTests
{
    [Fact]
    public void Scores_agree_with_exact_arithmetic()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden/scoring/classic-score.json")));
        Assert.All(golden.RootElement.GetProperty("cases").EnumerateArray(), expected => Check(expected, 1e-11, "base", "best", "least"));
    }

    [Fact]
    public void Scores_are_those_of_Vanity_with_its_ties_and_gaps()
    {
        using var golden = Vanity();
        Assert.All(golden.RootElement.GetProperty("score").EnumerateArray(), expected =>
        {
            Check(expected, 1e-14, "base", "best", "least");
            foreach (var (percent, name) in new[] { (90, "choice_90"), (95, "choice_95"), (99, "choice_99"), (99.9, "choice_99_9") })
            {
                var report = Scorer.Score(Arms(expected), ScoreData.Request(ScoreMethod.Classic, probability: percent));
                Assert.Equal(Key(expected.GetProperty(name)), report.Choice);
            }
        });
    }

    [Fact]
    public void Levels_are_those_of_Vanity()
    {
        using var golden = Vanity();
        Assert.All(
            golden.RootElement.GetProperty("probability_of_z").EnumerateArray(),
            row => Assert.Equal(row[1].GetDouble(), ClassicLevel.Of(row[0].GetDouble())));
        Assert.Equal(
            golden.RootElement.GetProperty("z_to_probability").EnumerateArray().Select(row => (row.GetProperty("z").GetDouble(), row.GetProperty("percent").GetDouble())),
            [(ClassicLevel.Z999, 99.9), (ClassicLevel.Z99, 99), (ClassicLevel.Z95, 95), (ClassicLevel.Z90, 90)]);
    }

    [Fact]
    public void Thresholds_are_the_first_steps_at_which_the_summed_density_reaches_a_level()
    {
        (double Level, double Threshold)[] levels =
            [(90, ClassicLevel.Z90), (95, ClassicLevel.Z95), (99, ClassicLevel.Z99), (99.9, ClassicLevel.Z999)];
        Assert.All(levels, row =>
        {
            var sum = 50.0;
            var step = -1;
            while (sum < row.Level)
            {
                step++;
                sum += Math.Exp(-(step * 0.01) * (step * 0.01) / 2) / Math.Sqrt(2 * Math.PI);
            }

            Assert.Equal(row.Threshold, step * 0.01);
        });
    }

    [Theory]
    [InlineData(1.63, 90)]
    [InlineData(1.6300000000000001, 95)]
    [InlineData(-2.26, 95)]
    [InlineData(2.7500001, 99.9)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.NegativeInfinity, 99.9)]
    public void A_level_is_reached_exactly_at_its_threshold(double z, double level) => Assert.Equal(level, ClassicLevel.Of(z));

    [Theory]
    [InlineData(90)]
    [InlineData(95)]
    [InlineData(97)]
    [InlineData(99.9)]
    public void A_threshold_is_the_smallest_z_of_its_level(double percent)
    {
        var z = ClassicLevel.Threshold(percent);
        Assert.True(ClassicLevel.Of(z) >= percent);
        Assert.True(ClassicLevel.Of(Math.BitDecrement(z)) < percent);
    }

    private static void Check(JsonElement expected, double tolerance, params string[] names)
    {
        var report = Scorer.Score(Arms(expected), ScoreData.Request(ScoreMethod.Classic));
        Assert.Equal(names.Select(name => Key(expected.GetProperty(name))), [report.Base, report.Best, report.Least]);
        foreach (var (row, index) in expected.GetProperty("alternatives").EnumerateArray().Select((row, i) => (row, i)))
        {
            var actual = report.Alternatives[index];
            Assert.Equal(row.GetProperty("rate").GetDouble(), actual.Rate ?? 0, 1e-15);
            Assert.Equal(row.GetProperty("probability").GetDouble(), actual.Probability);
            Close(row.GetProperty("z"), actual.Z, tolerance);
            Close(row.GetProperty("difference"), actual.Difference, tolerance);
        }
    }

    private static void Close(JsonElement expected, double? actual, double tolerance)
    {
        if (expected.ValueKind != JsonValueKind.Number)
        {
            Assert.Null(actual);
            return;
        }

        var number = expected.GetDouble();
        Assert.NotNull(actual);
        Assert.True(Math.Abs(actual.Value - number) <= tolerance * Math.Max(1, Math.Abs(number)), $"{actual} instead of {number}");
    }

    private static ArmData[] Arms(JsonElement expected) =>
        ScoreData.Conversions([.. expected.GetProperty("sets").EnumerateArray().Select(set => new[] { set[0].GetInt64(), set[1].GetInt64() })]);

    private static string? Key(JsonElement index) => index.ValueKind == JsonValueKind.Number ? ScoreData.Key(index.GetInt32()) : null;

    private static JsonDocument Vanity()
    {
        var path = SharedGolden.Find("vanity/vanity.json");
        Assert.SkipWhen(path is null, "vanity/vanity.json not found");
        return JsonDocument.Parse(File.ReadAllText(path));
    }
}
