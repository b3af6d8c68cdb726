using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.FixedHorizon;

/// <summary>Fisher's exact test of two conversion rates: no approximation, hence for small counts.</summary>
/// <remarks>
/// Source: Fisher (1935), JRSS 98, 39–82; two-sided as R and SciPy do it: the sum of all tables with the same margins that are
/// at most as likely as the one seen, ties within 1e-7. Table probabilities come from deviances (Loader 2000), so millions of
/// participants lose no digits. Measured against SciPy: relative error below 1e-11. Takes about one step per standard
/// deviation and tail. Pure, safe to call from any thread.
/// </remarks>
public static class FisherExact
{
    private const double Ties = 1e-7;

    /// <summary>The two-sided p-value.</summary>
    /// <param name="first">One alternative.</param>
    /// <param name="second">The other.</param>
    /// <returns>p from 0 to 1, or that one of them has no participants.</returns>
    public static Estimate<double> PTwoSided(Proportion first, Proportion second)
    {
        if (Math.Min(first.Participants, second.Participants) == 0)
        {
            return Unavailable.FewParticipants(1);
        }

        var table = new Table(first.Participants, second.Participants, first.Converted + second.Converted);
        var seen = first.Converted;
        var mode = table.Mode;
        var limit = table.LogProbability(seen) + Ties;
        if (limit >= table.LogProbability(mode))
        {
            return 1.0;
        }

        var side = seen < mode ? -1 : 1;
        var other = table.FirstAtMost(limit, mode, -side);
        var sum = table.TailFrom(seen, side) + (other is { } opposite ? table.TailFrom(opposite, -side) : 0);
        return Math.Min(1, sum);
    }

    /// <summary>The hypergeometric distribution of the first count, all margins given.</summary>
    private readonly struct Table(long first, long second, long converted)
    {
        private long Least => Math.Max(0, converted - second);

        private long Most => Math.Min(first, converted);

        public long Mode => Math.Clamp((long)((first + 1.0) / (first + second + 2.0) * (converted + 1.0)), Least, Most);

        /// <summary>ln P(k) = ln Bin(k; n1, p) + ln Bin(m − k; n2, p) − ln Bin(m; n1 + n2, p) with p = m/(n1 + n2).</summary>
        public double LogProbability(long k)
        {
            var all = first + second;
            if (converted == 0 || converted == all)
            {
                return 0;
            }

            var (p, q) = ((double)converted / all, (double)(all - converted) / all);
            return LogBinomial(k, first, p, q) + LogBinomial(converted - k, second, p, q) - LogBinomial(converted, all, p, q);
        }

        /// <summary>The count nearest to the mode on one side that is at most as likely as the limit, or null.</summary>
        public long? FirstAtMost(double limit, long mode, int side)
        {
            var (near, far) = (0L, side < 0 ? mode - Least : Most - mode);
            if (LogProbability(mode + (side * far)) > limit)
            {
                return null;
            }

            while (far - near > 1)
            {
                var middle = near + ((far - near) / 2);
                (near, far) = LogProbability(mode + (side * middle)) > limit ? (middle, far) : (near, middle);
            }

            return mode + (side * far);
        }

        /// <summary>The probability of a count and of all beyond it.</summary>
        public double TailFrom(long k, int side)
        {
            var term = 1.0;
            var sum = 1.0;
            for (var i = k; side < 0 ? i > Least : i < Most; i += side)
            {
                // P(i + 1) / P(i), or its inverse one lower.
                term *= side > 0
                    ? (double)(first - i) / (i + 1) * ((double)(converted - i) / (second - converted + i + 1))
                    : (double)i / (first - i + 1) * ((double)(second - converted + i) / (converted - i + 1));
                sum += term;
                if (term < 1e-17 * sum)
                {
                    break;
                }
            }

            return sum * Math.Exp(LogProbability(k));
        }

        private static double LogBinomial(long k, long n, double p, double q)
        {
            if (k == 0 || k == n)
            {
                return n * Math.Log(k == 0 ? q : p);
            }

            var below = Math.FusedMultiplyAdd(-n, p, k);
            return -(k * GammaFunction.Deviance(-below / k, n * p / k)) - ((n - k) * GammaFunction.Deviance(below / (n - k), n * q / (n - k)))
                + (0.5 * Math.Log((double)n / k / (n - k))) - GammaFunction.HalfLogTwoPi
                + GammaFunction.StirlingError(n) - GammaFunction.StirlingError(k) - GammaFunction.StirlingError(n - k);
        }
    }
}
