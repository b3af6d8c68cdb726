using System.Globalization;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics.Adaptive;

/// <summary>What other weights would have earned, from an experiment that logged the probabilities it assigned by.</summary>
/// <remarks>
/// <para>Source: a participant who got alternative k counts w = q(k)/π(k) times, q being the other weights and π those logged. The mean of
/// w·y over everybody is unbiased (Horvitz and Thompson 1952, JASA 47); Σwy/Σw is steadier (Hájek 1971; Swaminathan and Joachims 2015, NIPS
/// 28). Effective size: Kish (1965), Survey Sampling, §11.7.</para>
/// <para>Variances are between participants within epochs, Σₑ Nₑ/(Nₑ − 1)·Σ(s − s̄ₑ)²/N², with s = wy, w(y − estimate)·N/Σw, and its difference
/// to y − recorded mean; so a base rate that drifts from epoch to epoch is not taken for noise. q may depend on epochs before, as a
/// bandit's do: each epoch's error then still has mean 0 given those. π and q are constant within an epoch, so its moments
/// give the sums over its participants exactly. How often 95 % intervals hold is in docs/allocation.md.</para>
/// <para>A ratio of totals is Σwy/Σwx, x being below the line: the ratio of two self-normalised means, and of two unbiased ones as well, because what they
/// are divided by is the same. Its errors are those of the delta method, s = w(y − ratio·x)·N/Σwx (<see cref="FixedHorizon.RatioOfTotals"/>; Cochran 1977,
/// Sampling Techniques, §6.3). A mean is the ratio in which everybody's x is 1. Pure.</para>
/// </remarks>
public static class PolicyValue
{
    /// <summary>The estimate.</summary>
    /// <param name="epochs">What was recorded, in order; all epochs list the same alternatives.</param>
    /// <param name="other">By epoch and alternative: the other weights, 0 to 1, summing to 1.</param>
    /// <returns>Unavailable where the other weights use an alternative that could not be drawn then, or that nobody was ever in.</returns>
    /// <exception cref="ArgumentException">The two lists do not match.</exception>
    public static PolicyEstimate Of(IReadOnlyList<LoggedEpoch> epochs, IReadOnlyList<IReadOnlyList<double>> other)
    {
        if (epochs.Count != other.Count || epochs.Where((epoch, e) => epoch.Probabilities.Count != epoch.Arms.Count || other[e].Count != epoch.Arms.Count).Any())
        {
            throw new ArgumentException("Every epoch needs one weight for each of its alternatives.", nameof(other));
        }

        List<Cell> cells = [.. epochs.SelectMany((epoch, e) => epoch.Arms.Select((arm, k) => new Cell(e, epoch.Sides?[k] ?? Ones(arm), epoch.Probabilities[k], other[e][k])))];
        long[] sizes = [.. epochs.Select(epoch => epoch.Participants)];
        var all = sizes.Sum();
        if (all < 2)
        {
            var few = new Unavailable(ScoreCodes.FewParticipants, "At least 2 participants are needed.");
            return PolicyEstimate.None(all, few, few, 0);
        }

        var unseen = cells.Where(cell => cell.Arm.Count == 0).Sum(cell => cell.Other * sizes[cell.Epoch]) / all;
        var below = cells.Sum(cell => cell.Below);
        if (!(below > 0))
        {
            var nothing = Nothing("anybody was recorded with");
            return PolicyEstimate.None(all, nothing, nothing, unseen);
        }

        var mean = cells.Sum(cell => cell.Above) / below;
        var recorded = new WeightedEstimate(mean, Variance(cells, sizes, _ => new(all / below, -mean * all / below)));
        if (Unsupported(epochs, other) is { } why)
        {
            return PolicyEstimate.None(all, recorded, why, unseen);
        }

        // Below the line everybody has 1 unless it is a ratio, so this is then the sum of weights.
        var weight = cells.Sum(cell => cell.Weight * cell.Below);
        if (!(weight > 0))
        {
            return PolicyEstimate.None(all, recorded, Nothing("these weights would have used"), unseen);
        }

        var earned = cells.Sum(cell => cell.Weight * cell.Above);
        var (raw, own, scale) = (earned / all, earned / weight, all / weight);
        var squares = cells.Sum(cell => cell.Weight * cell.Weight * cell.SquaresBelow);
        var selfNormalised = new WeightedEstimate(own, Variance(cells, sizes, Own));
        return new PolicyEstimate(
            all,
            recorded,
            epochs.Any(epoch => epoch.Sides is not null) ? selfNormalised : new WeightedEstimate(raw, Variance(cells, sizes, cell => new(cell.Weight, 0))),
            selfNormalised,
            new WeightedEstimate(own - mean, Variance(cells, sizes, cell => Own(cell) - new Score(all / below, -mean * all / below))),
            weight * weight / squares,
            unseen);

        Score Own(Cell cell) => new(scale * cell.Weight, -scale * cell.Weight * own);
    }

    /// <summary>Whether an epoch can say anything of other weights: all that these use could be drawn.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="other">By alternative: the other weights.</param>
    public static bool Supports(LoggedEpoch epoch, IReadOnlyList<double> other) =>
        !other.Where((q, k) => q > 0 && !(epoch.Probabilities[k] > 0)).Any();

    private static Unavailable? Unsupported(IReadOnlyList<LoggedEpoch> epochs, IReadOnlyList<IReadOnlyList<double>> other)
    {
        List<LoggedEpoch> without = [.. epochs.Where((epoch, e) => epoch.Participants > 0 && !Supports(epoch, other[e]))];
        if (without.Count > 0)
        {
            return new Unavailable(ScoreCodes.NoSupport, string.Create(
                CultureInfo.InvariantCulture,
                $"In {without.Count} of {epochs.Count} epochs ({without.Sum(epoch => epoch.Participants)} participants) these weights use an alternative that could not be drawn, so nothing is known of what it would have earned then."));
        }

        var never = Enumerable.Range(0, epochs[0].Arms.Count).Any(k => epochs.All(epoch => epoch.Arms[k].Count == 0) && epochs.Where((epoch, e) => epoch.Participants > 0 && other[e][k] > 0).Any());
        return never
            ? new Unavailable(ScoreCodes.NoSupport, "These weights use an alternative that nobody was ever in, so nothing is known of what it would have earned.")
            : null;
    }

    private static JointMoments Ones(Moments totals) => new(totals.Count, totals.Count == 0 ? 0 : 1, totals.Mean, 0, totals.M2, 0);

    private static Unavailable Nothing(string whom) => new(ScoreCodes.NoDenominator, $"The events below the line sum to 0 or less among those {whom}, so there is no ratio.");

    /// <summary>Of the mean of a·y + b·x, in which a and b are those of the participant's epoch and alternative: what differs within epochs.</summary>
    private static double Variance(List<Cell> cells, long[] sizes, Func<Cell, Score> score)
    {
        var (sums, squares) = (new double[sizes.Length], new double[sizes.Length]);
        foreach (var cell in cells.Where(cell => cell.Arm.Count > 0))
        {
            var ((a, b), arm) = (score(cell), cell.Arm);
            var mean = (a * arm.MeanY) + (b * arm.MeanX);
            sums[cell.Epoch] += arm.Count * mean;
            squares[cell.Epoch] += Math.Max(0, (a * a * arm.M2Y) + (2 * a * b * arm.Product) + (b * b * arm.M2X)) + (arm.Count * mean * mean);
        }

        double all = sizes.Sum(), variance = 0;
        for (var e = 0; e < sizes.Length; e++)
        {
            // Somebody alone has nobody to differ from: all of the score is taken for noise.
            var n = (double)sizes[e];
            variance += n > 1 ? Math.Max(0, squares[e] - (sums[e] * sums[e] / n)) * n / (n - 1) : squares[e];
        }

        return variance / all / all;
    }

    /// <summary>What somebody adds to an estimate: a·y + b·x.</summary>
    private readonly record struct Score(double A, double B)
    {
        public static Score operator -(Score left, Score right) => new(left.A - right.A, left.B - right.B);
    }

    private readonly record struct Cell(int Epoch, JointMoments Arm, double Probability, double Other)
    {
        public double Weight => Other > 0 && Arm.Count > 0 ? Other / Probability : 0;

        public double Above => Arm.Count * Arm.MeanY;

        public double Below => Arm.Count * Arm.MeanX;

        public double SquaresBelow => Arm.M2X + (Arm.Count * Arm.MeanX * Arm.MeanX);
    }
}
