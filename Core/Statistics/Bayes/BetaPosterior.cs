using Bandstand.Statistics.Distributions;
using static System.FormattableString;

namespace Bandstand.Statistics.Bayes;

/// <summary>
/// A Beta posterior of a conversion rate. With the uniform prior, <c>converted</c> of <c>participants</c> give
/// Beta(1 + converted, 1 + participants − converted). Immutable; both parameters are over 0 and finite.
/// </summary>
/// <param name="Alpha">α &gt; 0.</param>
/// <param name="Beta">β &gt; 0.</param>
public readonly record struct BetaPosterior(double Alpha, double Beta)
{
    /// <summary>The posterior of a conversion metric under the uniform prior.</summary>
    /// <param name="participants">n ≥ 0.</param>
    /// <param name="converted">0 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException">More converted than participate, or a negative number.</exception>
    public static BetaPosterior Of(long participants, long converted)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(converted);
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, converted);
        return new(1.0 + converted, 1.0 + (participants - converted));
    }

    /// <summary>α / (α + β).</summary>
    public double Mean => Alpha / (Alpha + Beta);

    /// <summary>√(αβ / ((α + β)² (α + β + 1))).</summary>
    public double StandardDeviation => Math.Sqrt(Mean * (Beta / (Alpha + Beta)) / (Alpha + Beta + 1));

    /// <summary>The posterior of 1 − rate: turns "least is best" into "most is best".</summary>
    public BetaPosterior Mirrored => new(Beta, Alpha);

    /// <summary>Its name and parameters.</summary>
    public override string ToString() => Invariant($"Beta({Alpha}, {Beta})");

    /// <summary>The rate below which the posterior has the probability <paramref name="p"/>.</summary>
    /// <param name="p">Between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> lies outside.</exception>
    /// <remarks>
    /// Newton's method on the logit scale, kept between bounds, on the nearer tail; the probability is integrated on from step to step. Measured against SciPy: absolute error below
    /// 1e-11 for millions of participants.
    /// </remarks>
    public double Quantile(double p)
    {
        if (!(p is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "p must lie between 0 and 1.");
        }

        return p > 0.5 ? 1 - Mirrored.LowerQuantile(1 - p) : LowerQuantile(p);
    }

    /// <summary>The interval that leaves the same probability on both sides.</summary>
    /// <param name="credibility">Between 0 and 1, usually 0.95.</param>
    public Interval CredibleInterval(double credibility) => new(Quantile(0.5 * (1 - credibility)), Quantile(0.5 * (1 + credibility)));

    private double LowerQuantile(double p)
    {
        var (low, high) = (-700.0, 700.0);
        var width = Math.Sqrt((1 / Alpha) + (1 / Beta));
        var density = new LogitBeta(this);
        var y = Math.Clamp(Near(p, width), -600, 600);
        var below = Below(y, p, density);
        for (var round = 0; round < 200; round++)
        {
            var excess = Math.Log(below / p);
            (low, high) = excess > 0 ? (low, y) : (y, high);

            // d ln I / dy is the density of y over I.
            var next = y - (excess * below / density.At(y));
            next = next > low && next < high ? next : 0.5 * (low + high);
            var step = next - y;
            if (Math.Abs(step) <= 1e-9 * width || low == high)
            {
                // What is left is the square of that.
                y = next;
                break;
            }

            below = Math.Abs(step) < width ? below + density.Between(y, next) : Below(next, p, density);
            y = next;
        }

        return 1 / (1 + Math.Exp(-y));
    }

    /// <summary>The quantile on the logit by its first three cumulants (Cornish and Fisher 1938), those of large α and β.</summary>
    private double Near(double p, double width)
    {
        var z = Normal.Quantile(p);
        var skewness = ((1 / (Beta * Beta)) - (1 / (Alpha * Alpha))) / (width * width * width);
        var mean = Math.Log(Alpha / Beta) + (0.5 * ((1 / Beta) - (1 / Alpha)));
        return Math.Min(Alpha, Beta) < 5 ? Math.Log(Alpha / Beta) + (z * width) : mean + (width * (z + (skewness * ((z * z) - 1) / 6)));
    }

    /// <summary>The probability below y: the integral of the density, unless most of so small a probability might lie beyond its edge.</summary>
    private double Below(double y, double p, LogitBeta density) => p > 1e-4 && Alpha >= 0.5 && Beta >= 0.5 && y > density.Lower
        ? density.Between(density.Lower, Math.Min(y, density.Upper))
        : Math.Exp(IncompleteBeta.LogRegularized(Alpha, Beta, 1 / (1 + Math.Exp(-y)), 1 / (1 + Math.Exp(y))));
}
