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
/// give the sums over its participants exactly. How often 95 % intervals hold is in docs/allocation.md. Pure.</para>
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

        List<Cell> cells = [.. epochs.SelectMany((epoch, e) => epoch.Arms.Select((arm, k) => new Cell(e, arm, epoch.Probabilities[k], other[e][k])))];
        long[] sizes = [.. epochs.Select(epoch => epoch.Participants)];
        var all = sizes.Sum();
        if (all < 2)
        {
            var few = new Unavailable(ScoreCodes.FewParticipants, "At least 2 participants are needed.");
            return PolicyEstimate.None(all, few, few, 0);
        }

        var mean = cells.Sum(cell => cell.Arm.Total) / all;
        WeightedEstimate recorded = new(mean, Variance(cells, sizes, _ => (1, -mean)));
        var unseen = cells.Where(cell => cell.Arm.Count == 0).Sum(cell => cell.Other * sizes[cell.Epoch]) / all;
        if (Unsupported(epochs, other) is { } why)
        {
            return PolicyEstimate.None(all, recorded, why, unseen);
        }

        var weight = cells.Sum(cell => cell.Weight * cell.Arm.Count);
        var squares = cells.Sum(cell => cell.Weight * cell.Weight * cell.Arm.Count);
        var earned = cells.Sum(cell => cell.Weight * cell.Arm.Total);
        var (raw, own) = (earned / all, earned / weight);
        var scale = all / weight;
        return new PolicyEstimate(
            all,
            recorded,
            new WeightedEstimate(raw, Variance(cells, sizes, cell => (cell.Weight, 0))),
            new WeightedEstimate(own, Variance(cells, sizes, cell => (scale * cell.Weight, -scale * cell.Weight * own))),
            new WeightedEstimate(own - mean, Variance(cells, sizes, cell => ((scale * cell.Weight) - 1, mean - (scale * cell.Weight * own)))),
            weight * weight / squares,
            unseen);
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

    /// <summary>Of the mean of a·y + b, in which a and b are those of the participant's epoch and alternative: what differs within epochs.</summary>
    private static double Variance(List<Cell> cells, long[] sizes, Func<Cell, (double A, double B)> score)
    {
        var (sums, squares) = (new double[sizes.Length], new double[sizes.Length]);
        foreach (var cell in cells.Where(cell => cell.Arm.Count > 0))
        {
            var (a, b) = score(cell);
            var mean = (a * cell.Arm.Mean) + b;
            sums[cell.Epoch] += cell.Arm.Count * mean;
            squares[cell.Epoch] += (a * a * cell.Arm.M2) + (cell.Arm.Count * mean * mean);
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

    private readonly record struct Cell(int Epoch, Moments Arm, double Probability, double Other)
    {
        public double Weight => Other > 0 ? Other / Probability : 0;
    }
}
