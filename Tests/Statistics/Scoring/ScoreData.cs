using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Tests.Statistics.Scoring;

/// <summary>Alternatives and requests for tests of scores.</summary>
internal static class ScoreData
{
    /// <summary>Conversion alternatives a, b, c … of [participants, converted].</summary>
    public static ArmData[] Conversions(params long[][] sets) =>
        [.. sets.Select((set, i) => new ArmData(Key(i), $"\"{Key(i)}\"", set[0], set[1], set[1], Moments.FromConversions(set[0], set[1])))];

    /// <summary>Value alternatives a, b, c … of participants' totals.</summary>
    public static ArmData[] Values(params double[][] totals) => [.. totals.Select((t, i) => Value(Key(i), t))];

    public static ArmData Value(string key, double[] totals) => new(
        key, $"\"{key}\"", totals.Length, totals.Count(t => t != 0), totals.Sum(), totals.Aggregate(default(Moments), (sum, t) => sum.Add(t)));

    public static string Key(int index) => ((char)('a' + index)).ToString();

    public static ScoreRequest Request(
        ScoreMethod method, MetricKind kind = MetricKind.Conversion, int sign = 1, double? probability = null, string control = "a") => new()
    {
        Method = method,
        Metric = "signup",
        Kind = kind,
        Sign = sign,
        Probability = probability,
        Epoch = 0,
        AsOf = DateTimeOffset.UnixEpoch,
        Control = control,
        Default = control,
    };

    /// <summary>Participants' totals that differ, the same for the same seed.</summary>
    public static double[] Totals(int seed, int count, double mean)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() < 0.4 ? 0 : mean * 2 * random.NextDouble() / 0.6)];
    }

    /// <summary>Conversion data that differ, without ties, the same for the same seed.</summary>
    public static ArmData[] RandomConversions(int seed)
    {
        var random = new Random(seed);
        return Conversions([.. Enumerable.Range(0, random.Next(2, 7)).Select(_ =>
        {
            var participants = random.Next(50, 20_000);
            return new long[] { participants, random.Next(10, participants - 10) };
        })]);
    }
}
