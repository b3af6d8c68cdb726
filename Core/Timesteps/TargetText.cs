using System.Globalization;

namespace Bandstand.Timesteps;

/// <summary>Reads a target as it is written in a CSV field, to the nearest double.</summary>
internal static class TargetText
{
    // Up to 15 digits make an integer that a double holds exactly, and so are these powers; one division rounds once, and that
    // is the correctly rounded result (Clinger 1990).
    private const int ExactDigits = 15;

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Reads a number in the usual notations (sign, decimals, exponent); false for anything else, NaN and infinities included.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out double value) =>
        TryReadShort(text, out value) || TryReadAny(text, out value);

    // The fast way reads what it knows for certain, digits with at most one point and a minus in front, and leaves everything else to the library.
    private static bool TryReadShort(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var negative = !text.IsEmpty && text[0] == '-';
        if (negative)
        {
            text = text[1..];
        }

        if (text.Length is 0 or > ExactDigits + 1)
        {
            return false;
        }

        long digits = 0;
        var count = 0;
        var decimals = -1;
        foreach (var character in text)
        {
            var digit = character - '0';
            if (digit is >= 0 and <= 9)
            {
                digits = (digits * 10) + digit;
                count++;
            }
            else if (character == '.' && decimals < 0)
            {
                decimals = count;
            }
            else
            {
                return false;
            }
        }

        if (count is 0 or > ExactDigits)
        {
            return false;
        }

        value = decimals < 0 ? digits : digits / PowersOfTen[count - decimals];
        value = negative ? -value : value;
        return true;
    }

    private static bool TryReadAny(ReadOnlySpan<byte> text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
