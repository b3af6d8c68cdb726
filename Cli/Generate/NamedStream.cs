using System.Text;

namespace Bandstand.Cli.Generate;

/// <summary>
/// Random numbers that depend on a name alone: SplitMix64 (Steele, Lea and Flood 2014) seeded by the FNV-1a-64 of the name, so that any program in any
/// language can make the same data.
/// </summary>
internal sealed class NamedStream
{
    private ulong state = 0xCBF29CE484222325;

    public NamedStream(string name)
    {
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            state = unchecked((state ^ value) * 0x100000001B3);
        }
    }

    /// <summary>The next number of 0 (included) to 1 (not included), in steps of 2⁻⁵³.</summary>
    public double Next()
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }

    /// <summary>The next whole number of 0 to <paramref name="count"/> − 1.</summary>
    public int Next(int count) => (int)(Next() * count);
}
