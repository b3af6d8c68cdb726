using Bandstand.Cli.Charts;
using Bandstand.Statistics.Bayes;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.Planning;
using Bandstand.Statistics.Scoring;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Benchmarks.Pictures;

/// <summary>What holding at every look costs, how long verdicts take, and when nothing is left to find.</summary>
internal static class PlanningPictures
{
    /// <summary>How far intervals reach.</summary>
    public static Chart Width()
    {
        var sizes = Between(10, 1_000_000, 80);
        ChartSeries Sequence(string name, double tightest) => new(name, [.. sizes.Select(n => new ChartPoint(n, new AsymptoticSequence(tightest, 0.05).Critical(n)))]);
        return new Chart(
            "How many standard errors an interval reaches to each side",
            new("conversions so far (of two alternatives alike)") { IsLogarithmic = true, From = 10, To = 1_000_000 },
            new("standard errors") { From = 0, To = 7 },
            [
                Sequence("sequential (tightest at 1 000)", SequentialComparison.TightestAt),
                Sequence("the same, tightest at 100 000", 100_000),
                new("fixed: one look", [.. sizes.Select(n => new ChartPoint(n, Normal.UpperQuantile(0.025)))]),
            ])
        {
            Subtitle = "95 % confidence; the ratio to the lowest line is what holding at every look costs in width",
        };
    }

    /// <summary>When a verdict is there.</summary>
    public static Chart Delay()
    {
        var samples = Between(1_000, 200_000, 70);
        ChartSeries Curve(string name, ScoreMethod method, double lift) => new(name, [.. samples.Select(n => new ChartPoint(
            n, PowerSolver.Power(new PowerDesign { IsProportion = true, Method = method, Baseline = 0.05 }, 0.05 * lift, n)))]);
        return new Chart(
            "How long a verdict takes: conversions of 5 %, alternatives half and half",
            new("participants in all") { IsLogarithmic = true, From = 1_000, To = 200_000 },
            new("experiments that have found the lift") { IsPercent = true, From = 0, To = 1 },
            [
                Curve("sequential: lift 20 %, by then", ScoreMethod.Sequential, 0.2),
                Curve("fixed: lift 20 %, if this is the one look", ScoreMethod.Fixed, 0.2),
                Curve("sequential: lift 10 %, by then", ScoreMethod.Sequential, 0.1),
                Curve("fixed: lift 10 %, if this is the one look", ScoreMethod.Fixed, 0.1),
            ])
        {
            Subtitle = "error probability 5 %",
            Levels = [new(0.8, "80 % power", IsLeft: true)],
        };
    }

    /// <summary>What going on may still gain.</summary>
    public static Chart ValueRemaining()
    {
        var samples = Between(100, 300_000, 60);
        ChartSeries Pair(string name, double a, double b) => new(name, [.. samples.Select(n => new ChartPoint(n, Remaining(a, b, n)))]);
        return new Chart(
            "What going on may still gain, with 95 %",
            new("participants of each alternative") { IsLogarithmic = true, From = 100, To = 300_000 },
            new("value remaining, share of the best") { IsPercent = true, From = 0, To = 0.5 },
            [Pair("10 % against 12 %", 0.1, 0.12), Pair("10 % against 10.5 %", 0.1, 0.105), Pair("both 10 %", 0.1, 0.1)])
        {
            Subtitle = "figures as expected, uniform prior; also between equals it goes to 0: then it no longer matters which is taken",
            Levels = [new(0.01, "1 %", IsLeft: true)],
        };
    }

    private static double Remaining(double a, double b, double n)
    {
        BetaPosterior[] posteriors = [new(1 + (a * n), 1 + ((1 - a) * n)), new(1 + (b * n), 1 + ((1 - b) * n))];
        return Statistics.Bayes.ValueRemaining.Of(posteriors, BayesianComparison.Of(posteriors).ProbabilityBest, +1);
    }

    private static double[] Between(double from, double to, int points)
        => [.. Enumerable.Range(0, points + 1).Select(i => from * Math.Pow(to / from, (double)i / points))];
}
