using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Adaptive;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Benchmarks.Simulation;

/// <summary>Two alternatives under Thompson sampling with a floor of 1 %: batches of arrivals, new weights after each.</summary>
/// <param name="random">The randomness.</param>
/// <param name="kind">Conversions, or values that a share of people spend (lognormal, σ = 1).</param>
/// <param name="rate">The share that converts or buys, by alternative and time from 0 to 1.</param>
/// <param name="isLate">Conversions come after an exponential delay of ten batches on average; weights follow what has come.</param>
internal sealed class Bandit(FastRandom random, MetricKind kind, Func<int, double, double> rate, bool isLate)
{
    public const int Batches = 50;
    public const int BatchSize = 200;
    private const double Floor = 0.01;
    private readonly double chance = isLate ? 1 - Math.Exp(-0.1) : 1;
    private readonly List<int>[] pending = [[], []];
    private readonly List<ArmEpoch>[] epochs = [[], []];

    /// <summary>Weighs the alternatives by what came so far, and lets a batch arrive.</summary>
    public void Next()
    {
        var b = epochs[0].Count;
        var weight = b == 0 ? 0.5 : Math.Clamp(Math.Round(Scorer.ProbabilityBest([Arm(0), Arm(1)], 1, kind)[1], 4), Floor, 1 - Floor);
        var ones = random.Binomial(BatchSize, weight);
        for (var arm = 0; arm < 2; arm++)
        {
            var count = arm == 1 ? ones : BatchSize - ones;
            var convert = random.Binomial(count, rate(arm, (b + 0.5) / Batches));
            epochs[arm].Add(new ArmEpoch(arm == 1 ? weight : 1 - weight, count, 0, new Moments(count, 0, 0)));
            pending[arm].Add(convert);
            for (var e = isLate ? 0 : b; e <= b; e++)
            {
                Convert(arm, e, random.Binomial(pending[arm][e], chance));
            }
        }
    }

    public ArmData Arm(int arm)
    {
        long participants = 0, converted = 0;
        var totals = default(Moments);
        foreach (var epoch in epochs[arm])
        {
            (participants, converted, totals) = (participants + epoch.Participants, converted + epoch.Converted, totals + epoch.Totals);
        }

        return new ArmData(arm == 0 ? "a" : "b", "1", participants, converted, converted, totals, Epochs: epochs[arm]);
    }

    /// <summary>An alternative's mean by AIPW, as Hadad et al. (2021) weigh it.</summary>
    public WeightedEstimate Mean(int arm) => WeightedMean.Of(
        [.. epochs[arm].Select(e => new AllocationEpoch(e.Probability, BatchSize, PairEpochs.Totals(e, kind)))], EvaluationWeights.RootProbability).Value;

    private void Convert(int arm, int e, int count)
    {
        var epoch = epochs[arm][e];
        var totals = epoch.Totals;
        for (var i = 0; i < count && kind == MetricKind.Value; i++)
        {
            totals = totals.Replace(0, Math.Exp(random.Normal()));
        }

        pending[arm][e] -= count;
        epochs[arm][e] = epoch with { Converted = epoch.Converted + count, Totals = totals };
    }
}
