using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Scoring;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Benchmarks;

/// <summary>What does a verdict cost, and an event with its always-valid figures?</summary>
internal static class ScoreBenchmark
{
    /// <summary>So many that the compiler's best code is measured: each figure takes two seconds or so.</summary>
    private const int Rounds = 60;
    private const int Arms = 5;
    private const int Events = 10_000;
    private static readonly ScoreMethod[] Methods = [ScoreMethod.Sequential, ScoreMethod.Fixed, ScoreMethod.Bayes, ScoreMethod.Classic];

    /// <summary>Measures all figures, or those whose name contains a word.</summary>
    public static int Run(string[] args)
    {
        var table = new FigureTable(args);
        FigureTable.PrintHead();
        var metrics = Enumerable.Range(0, 5).Select(m => (Kind: m < 3 ? MetricKind.Conversion : MetricKind.Value, Arms: Data(m, epochs: 1))).ToArray();
        var adaptive = metrics.Select((metric, m) => (metric.Kind, Arms: Data(m, epochs: 50))).ToArray();
        table.Measure("score of 5 alternatives, 1 conversion metric, sequential", null, () => FigureTable.Best(1, 300, _ => Score(metrics[..1], Methods[..1]), rounds: Rounds));
        table.Measure("score of 5 alternatives, 1 value metric, sequential", null, () => FigureTable.Best(1, 300, _ => Score(metrics[4..], Methods[..1]), rounds: Rounds));
        table.Measure("score of 5 alternatives, 5 metrics, sequential", null, () => FigureTable.Best(1, 300, _ => Score(metrics, Methods[..1]), rounds: Rounds));
        table.Measure("… fixed", null, () => FigureTable.Best(1, 300, _ => Score(metrics, Methods[1..2]), rounds: Rounds));
        table.Measure("… classic", null, () => FigureTable.Best(1, 300, _ => Score(metrics, Methods[3..]), rounds: Rounds));
        table.Measure("… bayes, value remaining included", null, () => FigureTable.Best(1, 100, _ => Score(metrics, Methods[2..3]), rounds: Rounds));
        table.Measure("… all four methods", 200_000, () => FigureTable.Best(1, 100, _ => Score(metrics, Methods), rounds: Rounds));
        table.Measure("… sequential, after 50 epochs of a bandit", null, () => FigureTable.Best(1, 50, _ => Score(adaptive, Methods[..1]), rounds: Rounds / 2));

        var totals = new Moments[2];
        table.Measure("one event folded into its moments", null, () => FigureTable.Best(Events, 100, _ => Fold(totals, null), rounds: Rounds / 4));
        table.Measure("… and the pair judged at every event", 150, () => FigureTable.Best(Events, 100, _ => Fold(totals, new AsymptoticSequence(1000, 0.05)), rounds: Rounds / 4), "one event folded into its moments");
        return table.Missed == 0 ? 0 : 1;
    }

    private static long Score((MetricKind Kind, ArmData[] Arms)[] metrics, ScoreMethod[] methods)
    {
        var sum = 0.0;

        // Whether participants are spread as they should be is one question, whatever is measured of them.
        var ratio = SampleRatioCheck.Of(metrics[0].Arms);
        foreach (var (kind, arms) in metrics)
        {
            foreach (var method in methods)
            {
                var report = Scorer.Score(arms, new ScoreRequest
                {
                    Method = method,
                    Metric = "m",
                    Kind = kind,
                    Probability = 95,
                    Epoch = 0,
                    AsOf = DateTimeOffset.UnixEpoch,
                    Control = "a",
                    Default = "a",
                    SampleRatio = ratio,
                });
                sum += report.BestPValue ?? report.Participants;
            }
        }

        return (long)sum;
    }

    /// <summary>A participant buys again: the total changes, and the difference is held against the boundary at once.</summary>
    private static long Fold(Moments[] totals, AsymptoticSequence? sequence)
    {
        (totals[0], totals[1]) = (new Moments(5000, 1, 20_000), new Moments(5000, 1.01, 20_100));
        ArmData one = new("a", "1", 5000, 2000, 2000, default), two = new("b", "1", 5000, 2000, 2000, default);
        var crossed = 0L;
        for (var i = 0; i < Events; i++)
        {
            var arm = i & 1;
            totals[arm] = totals[arm].Replace(1, 1.5);
            if (sequence is not null && SequenceTest.Pooled(one with { Totals = totals[0] }, two with { Totals = totals[1] }, MetricKind.Value).TryGet(out var test, out _))
            {
                crossed += sequence.Evidence(test.Z, test.Size).LogE > 3 ? 1 : 0;
            }
        }

        return crossed + (long)totals[0].Mean;
    }

    /// <summary>Alternatives after some epochs: the weights go from an even split to a winner's share.</summary>
    private static ArmData[] Data(int metric, int epochs) =>
    [
        .. Enumerable.Range(0, Arms).Select(arm =>
        {
            List<ArmEpoch> parts = [];
            for (var e = 0; e < epochs; e++)
            {
                var share = epochs == 1 || e == 0 ? 0.2 : arm == 4 ? 0.2 + (0.7 * e / epochs) : (0.8 - (0.7 * e / epochs)) / 4;
                var participants = (long)(50_000 * share / epochs);
                var converted = (long)(participants * (0.1 + (0.002 * arm) + (0.005 * metric)));
                parts.Add(new ArmEpoch(share, participants, converted, new Moments(participants, 0.5 + (0.01 * arm), participants * 3.0)));
            }

            var totals = parts.Aggregate(default(Moments), (sum, e) => sum + e.Totals);
            var all = parts.Sum(e => e.Converted);
            return new ArmData(((char)('a' + arm)).ToString(), "1", totals.Count, all, all, totals, 0.2, Epochs: parts);
        }),
    ];
}
