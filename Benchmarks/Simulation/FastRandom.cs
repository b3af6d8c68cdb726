using System.Numerics;

namespace Bandstand.Benchmarks.Simulation;

/// <summary>xoshiro256++ (Blackman and Vigna 2021), seeded by SplitMix64: the same numbers on every machine, a few for a nanosecond.</summary>
internal sealed class FastRandom
{
    private ulong a;
    private ulong b;
    private ulong c;
    private ulong d;

    public FastRandom(int seed, int scenario, int run)
    {
        var state = unchecked(((ulong)(uint)seed << 32) ^ ((ulong)(uint)scenario << 24) ^ (uint)run);
        (a, b, c, d) = (Next(), Next(), Next(), Next());

        ulong Next()
        {
            unchecked
            {
                state += 0x9E3779B97F4A7C15;
                var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
                z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
                return z ^ (z >> 31);
            }
        }
    }

    /// <summary>Uniform, over 0 and under 1.</summary>
    public double Uniform() => ((Bits() >> 11) + 0.5) * (1.0 / (1UL << 53));

    /// <summary>A whole number under a limit.</summary>
    public int Below(int limit) => (int)(((UInt128)Bits() * (uint)limit) >> 64);

    /// <summary>Exponential with mean 1.</summary>
    public double Exponential() => -Math.Log(Uniform());

    /// <summary>Standard normal (Box and Muller 1958).</summary>
    public double Normal() => Math.Sqrt(2 * Exponential()) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>How many of so many do what each does with a probability; two draws for each 64 bits, hence probabilities to 2⁻³².</summary>
    public int Binomial(int n, double probability)
    {
        var least = (ulong)Math.Round(probability * (1UL << 32));
        var count = 0;
        for (; n > 1; n -= 2)
        {
            var bits = Bits();
            count += ((bits & uint.MaxValue) < least ? 1 : 0) + ((bits >> 32) < least ? 1 : 0);
        }

        return count + (n == 1 && (Bits() >> 32) < least ? 1 : 0);
    }

    private ulong Bits()
    {
        unchecked
        {
            var result = BitOperations.RotateLeft(a + d, 23) + a;
            var t = b << 17;
            c ^= a;
            d ^= b;
            b ^= c;
            a ^= d;
            c ^= t;
            d = BitOperations.RotateLeft(d, 45);
            return result;
        }
    }
}
