using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics.FixedHorizon;

/// <summary>A ratio of two totals, Σy/Σx, made into a mean that tests of means can work on. Pure and thread-safe.</summary>
/// <remarks>
/// <para>Source: the delta method (Deng, Knoblich and Lu 2018, KDD, section 2.2, eq. 3): with R = Σy/Σx, each participant is worth R + (y − R·x)/x̄, whose
/// mean is R and whose variance over n is that of R to first order: (s²_y − 2R·s_xy + R²·s²_x)/(n·x̄²).</para>
/// <para>Measured: moments and p-values agree to 1e-9 with the formula worked by hand. The first order leaves out what a
/// denominator that varies bends, which is why <see cref="Effective"/> must be large before a test may rest on it.</para>
/// </remarks>
public static class RatioOfTotals
{
    /// <summary>
    /// The effective number of participants below the line that a test of the ratio needs: the standard error of x̄ is then at most a tenth of it
    /// (Cochran 1977, Sampling Techniques, section 6.8).
    /// </summary>
    public const double LeastEffective = 100;

    // What is left of deviations that cancel is rounding when it is smaller than this share of them.
    private const double Rounding = 1e-13;

    /// <summary>The ratio as moments of as many numbers as there are participants: mean R, and the delta method's deviations.</summary>
    /// <param name="sample">Below the line (x) and above it (y), of each participant.</param>
    /// <param name="key">Whose sample it is, for the reason.</param>
    /// <returns>Or the reason, when the sum below the line is not over 0.</returns>
    public static Estimate<Moments> Linearised(JointMoments sample, string key)
    {
        if (!(sample.MeanX > 0))
        {
            return Reasons.NoDenominator(key, sample.Count);
        }

        var ratio = sample.MeanY / sample.MeanX;
        double above = sample.M2Y, both = 2 * ratio * sample.Product, below = ratio * ratio * sample.M2X;
        var size = above + Math.Abs(both) + below;
        if (!double.IsFinite(ratio) || !double.IsFinite(size / sample.MeanX / sample.MeanX))
        {
            return Reasons.OutOfRange();
        }

        var squares = above - both + below;
        return new Moments(sample.Count, ratio, squares > Rounding * size ? squares / sample.MeanX / sample.MeanX : 0);
    }

    /// <summary>
    /// Some participants about the ratio of a larger sample that they are part of: each is worth R + (y − R·x)/x̄ with its R and x̄. The mean is not their own
    /// ratio but lies on the same side of R, and adds up over parts however small.
    /// </summary>
    /// <param name="all">The larger sample, its sum below the line over 0.</param>
    /// <param name="part">The participants; none is fine.</param>
    public static Moments About(JointMoments all, JointMoments part)
    {
        var ratio = all.MeanY / all.MeanX;
        var mean = ratio + ((part.MeanY - (ratio * part.MeanX)) / all.MeanX);
        var squares = part.M2Y - (2 * ratio * part.Product) + (ratio * ratio * part.M2X);
        return part.Count == 0 ? default : new Moments(part.Count, mean, Math.Max(0, squares) / all.MeanX / all.MeanX);
    }

    /// <summary>
    /// How many participants who are all the same below the line would say as much: (Σx)²/Σx² (Kish 1965, Survey Sampling). Of zeros and ones it is the
    /// number of ones.
    /// </summary>
    /// <param name="below">Moments of what is below the line.</param>
    public static double Effective(Moments below)
    {
        if (!(below.Mean > 0))
        {
            return 0;
        }

        var spread = below.M2 / below.Count / below.Mean / below.Mean;
        return below.Count / (1 + spread);
    }
}
