using System.Globalization;
using System.Text;
using Bandstand.Ports;

namespace Bandstand.CrashChild;

/// <summary>Checks that a recovery feeds every number once and in order.</summary>
public sealed class NumberReplay : IJournalReplay
{
    private int parts;

    /// <summary>The last number.</summary>
    public long Last { get; private set; }

    /// <summary>The bytes of one number: its digits, a space, and so many more.</summary>
    public static byte[] Entry(long number, int more) =>
        Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture) + " " + new string('.', more));

    /// <inheritdoc/>
    public void Begin() => (Last, parts) = (0, 0);

    /// <inheritdoc/>
    public void SnapshotPart(ReadOnlySpan<byte> part)
    {
        if (parts++ == 0)
        {
            Last = long.Parse(part, CultureInfo.InvariantCulture);
        }
    }

    /// <inheritdoc/>
    public void Entry(ReadOnlySpan<byte> entry)
    {
        var number = long.Parse(entry[..entry.IndexOf((byte)' ')], CultureInfo.InvariantCulture);
        if (number != Last + 1)
        {
            throw new InvalidOperationException($"{number} follows {Last}.");
        }

        Last = number;
    }

    /// <inheritdoc/>
    public void End()
    {
        if (parts is not 0 and not 3)
        {
            throw new InvalidOperationException($"The snapshot has {parts} parts.");
        }
    }
}
