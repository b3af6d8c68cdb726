using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.Scoring;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Benchmarks.Simulation;

/// <summary>Fixed weights, a look every 100 participants: how often is a difference called, and how soon where there is one?</summary>
internal static class LookScenarios
{
    private const double Alpha = 0.05;
    private const double RatioAlpha = 0.001;

    private static readonly (string Name, Behaviour Behaviour, double Share, double Rate)[] Equal =
    [
        ("conversions 10 %, 50/50", Behaviour.Conversions, 0.5, 0.1),
        ("conversions 10 %, 90/10", Behaviour.Conversions, 0.1, 0.1),
        ("conversions 1 %, 50/50", Behaviour.Conversions, 0.5, 0.01),
        ("delayed conversions 10 %, 50/50", Behaviour.LateConversions, 0.5, 0.1),
        ("delayed conversions 10 %, 90/10", Behaviour.LateConversions, 0.1, 0.1),
        ("skewed values, 50/50", Behaviour.Skewed, 0.5, 0.2),
        ("skewed values, 90/10", Behaviour.Skewed, 0.1, 0.2),
        ("repeated purchases, 50/50", Behaviour.Purchases, 0.5, 0.2),
        ("repeated purchases, 90/10", Behaviour.Purchases, 0.1, 0.2),
        ("repeated purchases in closed windows, 50/50", Behaviour.ClosedWindows, 0.5, 0.3),
    ];

    /// <summary>A/A: every row has the sequential method and one that does not allow for looking.</summary>
    public static void Errors(Options options)
    {
        Options.Title("A/A, a look every 100 participants", $"runs of {options.Participants}", "`sequential`", "one-look test", "at most");
        for (var i = 0; i < Equal.Length; i++)
        {
            var s = Equal[i];
            if (!options.Wants("A/A " + s.Name))
            {
                continue;
            }

            int sequential = 0, naive = 0, ratio = 0, chiSquare = 0;
            var withRatio = s.Behaviour == Behaviour.Conversions && s.Rate == 0.1;
            for (var run = 0; run < options.Runs; run++)
            {
                var crowd = new Crowd(new FastRandom(options.Seed, 1 + i, run), s.Behaviour, s.Share, s.Rate, 0);
                bool ours = false, theirs = false, mismatch = false, flagged = false;
                for (var n = 100; n <= options.Participants; n += 100)
                {
                    crowd.Arrive(100);
                    ours |= !ours && Crosses(crowd);
                    theirs |= !theirs && crowd.OneLook() <= Alpha;
                    if (withRatio)
                    {
                        double expected = n * s.Share, off = crowd[1] - expected;
                        flagged |= !flagged && ChiSquare.Survival((off * off / expected) + (off * off / (n - expected)), 1) < RatioAlpha;
                        mismatch |= !mismatch && AssignmentProcess.Evidence([([1 - s.Share, s.Share], [crowd[0], crowd[1]])]).PValue < RatioAlpha;
                    }
                }

                (sequential, naive) = (sequential + (ours ? 1 : 0), naive + (theirs ? 1 : 0));
                (ratio, chiSquare) = (ratio + (mismatch ? 1 : 0), chiSquare + (flagged ? 1 : 0));
            }

            Options.Row("A/A " + s.Name, $"{options.Runs}", Options.Percent(sequential, options.Runs), Options.Percent(naive, options.Runs), Options.Limit(Alpha, options.Runs));
            if (withRatio)
            {
                Options.Row("sample ratio of these, beside χ²", $"{options.Runs}", Options.Percent(ratio, options.Runs), Options.Percent(chiSquare, options.Runs), Options.Limit(RatioAlpha, options.Runs));
            }
        }
    }

    /// <summary>A/B: how often a planned lift is found within twice the sample that one planned look would need, and how soon.</summary>
    public static void Power(Options options)
    {
        Options.Title("A/B, a look every 100 participants", "planned for 80 % at one look", "found in one look then", "`sequential` by then", "by twice as many", "half found after");
        (string Name, Behaviour Behaviour, double Rate, double Lift)[] planned =
        [
            ("10 % + 10 %", Behaviour.Conversions, 0.1, 0.1),
            ("10 % + 20 %", Behaviour.Conversions, 0.1, 0.2),
            ("5 % + 10 %", Behaviour.Conversions, 0.05, 0.1),
            ("5 % + 5 %", Behaviour.Conversions, 0.05, 0.05),
            ("2 % + 30 %", Behaviour.Conversions, 0.02, 0.3),
            ("skewed values + 20 %", Behaviour.Skewed, 0.2, 0.2),
            ("skewed values + 10 %", Behaviour.Skewed, 0.2, 0.1),
        ];
        for (var i = 0; i < planned.Length; i++)
        {
            var s = planned[i];
            if (!options.Wants("power " + s.Name))
            {
                continue;
            }

            var size = Planned(s.Behaviour, s.Rate, s.Lift);
            int oneLook = 0, bySize = 0, byTwice = 0;
            var runs = options.Runs / 3;
            var crossed = new List<double>();
            for (var run = 0; run < runs; run++)
            {
                var crowd = new Crowd(new FastRandom(options.Seed, 50 + i, run), s.Behaviour, 0.5, s.Rate, s.Lift);
                var at = double.PositiveInfinity;
                for (var n = 100; n <= 2 * size; n += 100)
                {
                    crowd.Arrive(100);
                    at = double.IsInfinity(at) && Crosses(crowd) ? n : at;
                    oneLook += n == size && crowd.OneLook() <= Alpha ? 1 : 0;
                }

                (bySize, byTwice) = (bySize + (at <= size ? 1 : 0), byTwice + (at <= 2 * size ? 1 : 0));
                crossed.Add(at / size);
            }

            crossed.Sort();
            Options.Row("A/B " + s.Name, $"{size}", Options.Percent(oneLook, runs), Options.Percent(bySize, runs), Options.Percent(byTwice, runs), Options.Number(crossed[runs / 2], "0.00 ×"));
        }
    }

    private static bool Crosses(Crowd crowd) =>
        new SequentialComparison(crowd.Kind, 1 - Alpha).PValue(crowd.Arm(1), crowd.Arm(0)).TryGet(out var p, out _) && p <= Alpha;

    /// <summary>Participants in all, to whole hundreds, that one look needs for 80 %.</summary>
    private static int Planned(Behaviour behaviour, double rate, double lift)
    {
        var other = rate * (1 + lift);
        double each;
        if (behaviour == Behaviour.Conversions)
        {
            var middle = (rate + other) / 2;
            var root = (1.959964 * Math.Sqrt(2 * middle * (1 - middle))) + (0.841621 * Math.Sqrt((rate * (1 - rate)) + (other * (1 - other))));
            each = root * root / ((other - rate) * (other - rate));
        }
        else
        {
            // A share f buys for a lognormal sum: mean f·√e, variance f·e² − f²·e.
            double Variance(double f) => (f * Math.E * Math.E) - (f * f * Math.E);
            var difference = (other - rate) * Math.Sqrt(Math.E);
            each = (1.959964 + 0.841621) * (1.959964 + 0.841621) * (Variance(rate) + Variance(other)) / difference / difference;
        }

        return 100 * (int)Math.Ceiling(2 * each / 100);
    }
}
