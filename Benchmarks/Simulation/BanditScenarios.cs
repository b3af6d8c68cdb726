using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Adaptive;
using Bandstand.Statistics.Scoring;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Benchmarks.Simulation;

/// <summary>Weights that follow the data or a plan: errors, coverage, bias, widths.</summary>
internal static class BanditScenarios
{
    private const double Alpha = 0.05;
    private const double Normal975 = 1.959964;
    private static readonly double MeanSpent = Math.Sqrt(Math.E);

    private static readonly (string Name, MetricKind Kind, Func<int, double, double> Rate, bool IsLate)[] All =
    [
        ("A/A conversions 10 %", MetricKind.Conversion, (_, _) => 0.1, false),
        ("A/A drifting 5 to 15 %", MetricKind.Conversion, (_, time) => 0.05 + (0.1 * time), false),
        ("A/A delayed conversions 10 %", MetricKind.Conversion, (_, _) => 0.1, true),
        ("A/A skewed values", MetricKind.Value, (_, _) => 0.2, false),
        ("A/A delayed skewed values", MetricKind.Value, (_, _) => 0.2, true),
        ("A/A skewed values, buyers drifting 10 to 30 %", MetricKind.Value, (_, time) => 0.1 + (0.2 * time), false),
        ("A/B 10 % and 12 %", MetricKind.Conversion, (arm, _) => arm == 1 ? 0.12 : 0.1, false),
        ("A/B drifting 5 to 15 % and a fifth more", MetricKind.Conversion, (arm, time) => (0.05 + (0.1 * time)) * (arm == 1 ? 1.2 : 1), false),
        ("A/B skewed values 20 % and 24 % buy", MetricKind.Value, (arm, _) => arm == 1 ? 0.24 : 0.2, false),
    ];

    /// <summary>Thompson sampling, 50 batches of 200, a look after each.</summary>
    public static void Thompson(Options options)
    {
        Options.Title("Thompson, 50 × 200, floor 1 %", "`sequential` wrong at any look", "means over all, any look", "means over all", "`stratified`", "`adaptivelyWeighted`", "`inverseProbability`", "sample ratio");
        var tables = new List<Action>();
        for (var i = 0; i < All.Length; i++)
        {
            if (options.Wants("Thompson " + All[i].Name))
            {
                tables.Add(Thompson(options, i));
            }
        }

        Options.Title("The same at the end", "true difference", "bias: means over all", "`sequence`", "`stratified`", "`adaptivelyWeighted`", "`inverseProbability`", "half-width: `sequence`", "`stratified`", "`adaptivelyWeighted`", "even split, one look");
        tables.ForEach(print => print());
    }

    /// <summary>A ramp from 1 to 50 % in ten steps: is it called a mismatch?</summary>
    public static void Ramp(Options options)
    {
        Options.Title("Sample ratio under a ramp, 1 to 50 % in ten steps of 5 000, a look every 100", "runs", "sequential", "χ² of the sums", "at most");
        if (!options.Wants("ramp sample ratio"))
        {
            return;
        }

        int mismatches = 0, flagged = 0;
        for (var run = 0; run < options.Runs; run++)
        {
            var random = new FastRandom(options.Seed, 90, run);
            var epochs = new List<(double[] Probabilities, long[] Counts)>();
            bool mismatch = false, flag = false;
            double expected = 0, variance = 0;
            long ones = 0;
            for (var step = 0; step < 10; step++)
            {
                var share = 0.01 + (0.49 * step / 9);
                var counts = new long[2];
                epochs.Add(([1 - share, share], counts));
                for (var look = 0; look < 50; look++)
                {
                    var now = random.Binomial(100, share);
                    (counts[0], counts[1], ones) = (counts[0] + 100 - now, counts[1] + now, ones + now);
                    (expected, variance) = (expected + (100 * share), variance + (100 * share * (1 - share)));
                    flag |= !flag && Statistics.Distributions.ChiSquare.Survival((ones - expected) * (ones - expected) / variance, 1) < 0.001;
                    mismatch |= !mismatch && AssignmentProcess.Evidence(epochs).PValue < 0.001;
                }
            }

            (mismatches, flagged) = (mismatches + (mismatch ? 1 : 0), flagged + (flag ? 1 : 0));
        }

        Options.Row("healthy", $"{options.Runs}", Options.Percent(mismatches, options.Runs), Options.Percent(flagged, options.Runs), Options.Limit(0.001, options.Runs));
    }

    private static Action Thompson(Options options, int number)
    {
        var (name, kind, rate, isLate) = All[number];
        var runs = options.Runs * 2 / 3;
        var unit = kind == MetricKind.Value ? MeanSpent : 1;
        var middle = Enumerable.Range(0, Bandit.Batches).Average(b => Rate(b, 1) - Rate(b, 0));
        int wrong = 0, fooled = 0, mismatches = 0;
        var pooled = new Tally(middle);
        var sequence = new Tally(middle);
        var stratified = new Tally(middle);
        var weighted = new Tally(middle);
        var inverse = new Tally(middle);
        var arms = new[] { new Tally(Enumerable.Range(0, Bandit.Batches).Average(b => Rate(b, 0))), new Tally(Enumerable.Range(0, Bandit.Batches).Average(b => Rate(b, 1))) };
        var naive = new[] { new Tally(arms[0].Truth), new Tally(arms[1].Truth) };
        for (var run = 0; run < runs; run++)
        {
            var bandit = new Bandit(new FastRandom(options.Seed, 100 + number, run), kind, rate, isLate);
            bool isWrong = false, isFooled = false, isMismatch = false;
            for (var batch = 0; batch < Bandit.Batches; batch++)
            {
                bandit.Next();
                ArmData now = bandit.Arm(1), base0 = bandit.Arm(0);
                isWrong |= !isWrong && IsWrong(now, base0, kind, middle);
                isFooled |= !isFooled && Pooled(now, base0, kind) is { Variance: > 0 } all && Math.Abs(all.Value - middle) > Normal975 * all.StandardError;
                isMismatch |= !isMismatch && SampleRatioCheck.Of([base0, now]).Mismatch;
            }

            (wrong, fooled, mismatches) = (wrong + (isWrong ? 1 : 0), fooled + (isFooled ? 1 : 0), mismatches + (isMismatch ? 1 : 0));
            ArmData arm = bandit.Arm(1), other = bandit.Arm(0);
            var epochs = new PairEpochs(arm, other, kind).Epochs;
            pooled.Add(Pooled(arm, other, kind));
            stratified.Add(StratifiedDifference.OfEverybody(epochs).Value);
            weighted.Add(WeightedDifference.Adaptive(epochs).Value);
            inverse.Add(WeightedDifference.InverseProbability(epochs).Value);
            if (new SequentialComparison(kind, 1 - Alpha).Difference(arm, other).TryGet(out var held, out _))
            {
                sequence.Add(new WeightedEstimate(held.Estimate, Math.Pow((held.Upper - held.Lower) / 2 / Normal975, 2)));
            }

            for (var k = 0; k < 2; k++)
            {
                arms[k].Add(bandit.Mean(k));
                var totals = k == 0 ? SequenceTest.Pooled(other, arm, kind).Value.Arm : SequenceTest.Pooled(arm, other, kind).Value.Arm;
                naive[k].Add(totals);
            }
        }

        Options.Row(name, Options.Percent(wrong, runs), Options.Percent(fooled, runs), pooled.Missed, stratified.Missed, weighted.Missed, inverse.Missed, Options.Percent(mismatches, runs));
        return () =>
        {
            var even = Math.Sqrt(Enumerable.Range(0, Bandit.Batches).Average(b => Spread(b, 0) + Spread(b, 1)) / (Bandit.Batches * Bandit.BatchSize / 2)) * Normal975;
            Options.Row(name, Options.Number(middle, "0.0000"), pooled.Bias, sequence.Bias, stratified.Bias, weighted.Bias, inverse.Bias, sequence.Width, stratified.Width, weighted.Width, Options.Number(even, "0.0000"));
            if (name.StartsWith("A/B 10", StringComparison.Ordinal))
            {
                Options.Row("— the worse one's mean", Options.Number(arms[0].Truth, "0.0000"), naive[0].Bias, string.Empty, string.Empty, arms[0].Bias, string.Empty, string.Empty, string.Empty, arms[0].Width, "missed " + naive[0].Missed + " and " + arms[0].Missed);
            }
        };

        double Rate(int b, int k) => unit * rate(k, (b + 0.5) / Bandit.Batches) * (isLate ? Matured(b) : 1);

        // Whoever came in batch b has converted by the end with this probability: 50 − b chances of 1 − e⁻⁰·¹ each.
        static double Matured(int b) => 1 - Math.Exp(-0.1 * (Bandit.Batches - b));

        double Spread(int b, int k)
        {
            var f = rate(k, (b + 0.5) / Bandit.Batches) * (isLate ? Matured(b) : 1);
            return kind == MetricKind.Value ? (f * Math.E * Math.E) - (f * f * Math.E) : f * (1 - f);
        }
    }

    /// <summary>Equal: called different. Different: the lift's interval excludes the true one (conversions), or the difference's does.</summary>
    private static bool IsWrong(ArmData arm, ArmData other, MetricKind kind, double truth)
    {
        var comparison = new SequentialComparison(kind, 1 - Alpha);
        if (truth == 0)
        {
            return comparison.PValue(arm, other).TryGet(out var p, out _) && p <= Alpha;
        }

        return comparison.Lift(arm, other).TryGet(out var lift, out _) && (lift.Lower > 0.2 || lift.Upper < 0.2);
    }

    private static WeightedEstimate Pooled(ArmData arm, ArmData other, MetricKind kind) =>
        SequenceTest.Pooled(arm, other, kind).TryGet(out var test, out _) ? test.Difference : default;

    /// <summary>Estimates of one truth: their bias, how often their 95 % intervals miss it, how wide these are.</summary>
    private sealed class Tally(double truth)
    {
        private readonly Moments[] moments = new Moments[2];
        private int missed;

        public double Truth => truth;

        public string Missed => Options.Percent(missed, (int)moments[0].Count);

        public string Bias => Options.Number(Math.Round(moments[0].Mean - truth, 4), "+0.0000;−0.0000;0.0000");

        public string Width => Options.Number(moments[1].Mean, "0.0000");

        public void Add(WeightedEstimate estimate)
        {
            var reach = Normal975 * estimate.StandardError;
            moments[0] = moments[0].Add(estimate.Value);
            moments[1] = moments[1].Add(reach);
            missed += Math.Abs(estimate.Value - truth) > reach ? 1 : 0;
        }
    }
}
