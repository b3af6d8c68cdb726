using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Statistics.Planning;

/// <summary>
/// When an always-valid sequence first excludes 0, looked at all along, if there is a difference: the first passage of a Brownian motion
/// with drift through the sequence's boundary.
/// </summary>
/// <remarks>
/// <para>Source: Buonocore, Nobile and Ricciardi (1987), Advances in Applied Probability 19, eq. 2.9: the density g of the passage solves
/// g(t) = −2ψ(t | start) + 2∫ g(s) ψ(t | c(s), s) ds with ψ = ½ (c′(t) − (c(t) − y)/(t − s)) f(c(t), t | y, s), whose kernel vanishes at
/// s = t. Solved by the trapezoid rule on ln t; the boundary of the other side is left out, since reaching that is no success.</para>
/// <para>Exact for looks at every participant in the limit of many; looking every 100 finds a little less. Measured against seeded
/// simulations of whole experiments: within two Monte-Carlo errors (see docs/statistics.md); against a grid eight times as fine: 1e-4.
/// Immutable, thread-safe.</para>
/// </remarks>
internal sealed class SequencePassage
{
    private const int PointsPerUnit = 40;

    private readonly double[] times;
    private readonly double[] reached;

    /// <summary>Solves for one effect.</summary>
    /// <param name="drift">The effect in standard errors that one participant is worth: z grows as drift × √participants. Over 0.</param>
    /// <param name="sizePerParticipant">How fast the sequence's clock goes, over 0.</param>
    /// <param name="sequence">The sequence.</param>
    /// <param name="alpha">The level it is read at.</param>
    /// <param name="first">Participants before whom there is no look, over 0.</param>
    /// <param name="last">Participants up to whom it is solved, over <paramref name="first"/>.</param>
    /// <param name="fineness">How many times as many points as usual.</param>
    public SequencePassage(double drift, double sizePerParticipant, AsymptoticSequence sequence, double alpha, double first, double last, int fineness = 1)
    {
        var scale = 1 / (sequence.Rho * sequence.Rho * sizePerParticipant);
        var logarithm = -Math.Log(alpha);
        double Height(double t) => sequence.Critical(t * sizePerParticipant, alpha) * Math.Sqrt(t);
        double Slope(double t, double height) => (logarithm + 0.5 + (0.5 * Elementary.Log1P(t / scale))) / height;

        // Before there the boundary, which only rises from √(2 scale ln 1/α), is nine standard deviations away.
        var root = (Math.Sqrt(81 + (4 * drift * Math.Sqrt(2 * scale * logarithm))) - 9) / (2 * drift);
        var isCut = first > root * root;
        var start = isCut ? first : Math.Min(root * root, 0.5 * last);
        var range = Math.Log(last / start);
        var count = fineness * Math.Max(64, (int)Math.Ceiling(PointsPerUnit * range));
        times = new double[count + 1];
        reached = new double[count + 1];
        var flow = new double[count + 1];
        var heights = new double[count + 1];
        for (var i = 0; i <= count; i++)
        {
            // Just after a first look that cuts a bell off, the density falls as 1/√time: points gather there.
            var part = (double)i / count;
            times[i] = i == count ? last : start * Math.Exp(range * (isCut ? part * part : part));
            heights[i] = Height(times[i]);
        }

        // Whoever is beyond at the first look has arrived; the others go on from below.
        reached[0] = isCut ? Normal.Survival((heights[0] - (drift * start)) / Math.Sqrt(start)) : 0;
        for (var i = 1; i <= count; i++)
        {
            double t = times[i], height = heights[i], slope = Slope(t, height);
            var density = -Opening(isCut ? start : 0, heights[0], t, height, slope, drift);
            for (var j = 0; j < i; j++)
            {
                var elapsed = t - times[j];
                var rise = height - heights[j];
                density += (j == 0 ? 0.5 : 1) * flow[j] * (slope - (rise / elapsed)) * Gauss(rise - (drift * elapsed), elapsed);
            }

            flow[i] = Math.Max(0, density) * t * range / count * (isCut ? 2.0 * i / count : 1);
            if (i == 1 && isCut)
            {
                flow[0] = flow[1];
            }

            reached[i] = Math.Min(1, reached[i - 1] + (0.5 * (flow[i - 1] + flow[i])));
        }
    }

    /// <summary>The probability that it excluded 0 at some look so far, by the last participant.</summary>
    public double Probability => reached[^1];

    /// <summary>The participants by whom it has done so with a probability, or null: by the last one that is less.</summary>
    /// <param name="probability">Over 0 and under 1.</param>
    public double? Participants(double probability)
    {
        if (reached[^1] < probability)
        {
            return null;
        }

        var i = Array.FindIndex(reached, p => p >= probability);
        if (i == 0)
        {
            return times[0];
        }

        var part = (probability - reached[i - 1]) / (reached[i] - reached[i - 1]);
        return times[i - 1] * Math.Pow(times[i] / times[i - 1], part);
    }

    /// <summary>2ψ from the start: a point at 0, or what is left of the bell below the boundary at the first look.</summary>
    private static double Opening(double first, double firstHeight, double t, double height, double slope, double drift)
    {
        var density = Gauss(height - (drift * t), t);
        if (first == 0)
        {
            return density * (slope - (height / t));
        }

        var (mean, deviation) = (height * first / t, Math.Sqrt(first * (t - first) / t));
        var u = (firstHeight - mean) / deviation;
        return density * (((slope - ((height - mean) / (t - first))) * Normal.Cdf(u)) - (deviation / (t - first) * Normal.Density(u)));
    }

    private static double Gauss(double x, double variance) => Math.Exp(-x * x / (2 * variance)) / Math.Sqrt(2 * Math.PI * variance);
}
