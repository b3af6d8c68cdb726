using System.Text;
using Bandstand.Statistics.Distributions;

namespace Bandstand.Simulation;

/// <summary>
/// Random numbers that depend on a name alone: SplitMix64 (Steele, Lea and Flood 2014) seeded by the FNV-1a-64 of the name, so that any program in any
/// language can make the same data. It is for simulated people and made-up data, never for anything that must not be guessed. Not thread-safe.
/// </summary>
public sealed class NamedDraws
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private readonly ulong origin;
    private ulong state = 0xCBF29CE484222325;

    private const long MostTrials = 1_000_000_000_000;

    /// <summary>Begins a stream.</summary>
    /// <param name="name">Its name; the same name gives the same numbers.</param>
    public NamedDraws(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            state = unchecked((state ^ value) * 0x100000001B3);
        }

        origin = state;
    }

    private NamedDraws(ulong origin) => this.origin = state = origin;

    /// <summary>The next number of 0 (included) to 1 (not included), in steps of 2⁻⁵³.</summary>
    public double Next()
    {
        unchecked
        {
            state += Step;
            return (Mix(state) >> 11) * (1.0 / (1UL << 53));
        }
    }

    /// <summary>A stream of its own for each number, whatever was drawn from this one before or will be.</summary>
    /// <param name="number">0 or more.</param>
    public NamedDraws Branch(long number) => new(unchecked(Mix(origin ^ Mix(((ulong)number + 1) * Step))));

    /// <summary>The next whole number of 0 to <paramref name="count"/> − 1.</summary>
    /// <param name="count">1 or more.</param>
    public int Next(int count) => (int)(Next() * count);

    /// <summary>The next number with a standard exponential distribution.</summary>
    public double NextExponential() => -Elementary.Log(1 - Next());

    /// <summary>The next number with a standard normal distribution by Marsaglia's polar method (1964, SIAM Review 6, 260–264), which takes as many uniform numbers as it needs.</summary>
    public double NextNormal()
    {
        while (true)
        {
            var (x, y) = ((2 * Next()) - 1, (2 * Next()) - 1);
            var square = (x * x) + (y * y);
            if (square is > 0 and < 1)
            {
                return x * Math.Sqrt(-2 * Elementary.Log(square) / square);
            }
        }
    }

    /// <summary>The next number with a lognormal distribution of mean 1.</summary>
    /// <param name="sigma">The standard deviation of its logarithm, 0 or more.</param>
    public double NextLognormal(double sigma) => Elementary.Exp((sigma * NextNormal()) - (sigma * sigma / 2));

    /// <summary>
    /// How many of <paramref name="trials"/> succeed: one number of the stream, whose place in the distribution is searched outward from the
    /// mode (Kemp 1986, Communications in Statistics: Theory and Methods 15, 805–813), so it costs about a standard deviation of steps.
    /// </summary>
    /// <param name="trials">0 or more.</param>
    /// <param name="probability">0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number lies outside its range.</exception>
    public long NextBinomial(long trials, double probability)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trials);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(trials, MostTrials);
        if (!(probability is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability is from 0 to 1.");
        }

        var left = Next();
        if (trials == 0 || probability is 0 or 1)
        {
            return probability == 1 ? trials : 0;
        }

        var mode = Math.Min(trials, (long)((trials + 1) * probability));
        var odds = probability / (1 - probability);
        var (up, down) = (mode, mode);
        var above = Elementary.Exp(
            GammaFunction.Log(trials + 1.0) - GammaFunction.Log(mode + 1.0) - GammaFunction.Log(trials - mode + 1.0)
            + (mode * Elementary.Log(probability)) + ((trials - mode) * Elementary.Log1P(-probability)));
        var below = above;
        left -= above;
        while (left >= 0 && (up < trials || down > 0))
        {
            if (up < trials)
            {
                above *= (trials - up) / (up + 1.0) * odds;
                up++;
                left -= above;
                if (left < 0)
                {
                    return up;
                }
            }

            if (down > 0)
            {
                below *= down / (trials - down + 1.0) / odds;
                down--;
                left -= below;
                if (left < 0)
                {
                    return down;
                }
            }

            if (above + below < 1e-18)
            {
                break; // Rounding left a hair of the whole over.
            }
        }

        return mode;
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
