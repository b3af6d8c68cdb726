using System.Globalization;
using System.Text;

namespace Bandstand.Events;

/// <summary>Event times: ISO 8601 with a zone, to the millisecond.</summary>
internal static class EventTime
{
    /// <summary>Reads <c>2026-01-31T10:00:00Z</c>, with any fraction of a second (cut to ms) and <c>Z</c> or an offset.</summary>
    /// <param name="text">The text.</param>
    /// <param name="unixMs">Milliseconds since 1970 in UTC.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out long unixMs)
    {
        if (text.Length >= 20 && text[^1] == 'Z' && TryParseFixed(text, out unixMs))
        {
            return true;
        }

        unixMs = 0;
        if (text.Length is < 16 or > 40 || !HasZone(text))
        {
            return false;
        }

        if (!DateTimeOffset.TryParse(Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return false;
        }

        unixMs = time.ToUnixTimeMilliseconds();
        return true;
    }

    private static bool HasZone(ReadOnlySpan<byte> text) =>
        text[4] == '-' && text[7] == '-' && text[10] == 'T'
        && (text[^1] == 'Z' || text[16..].IndexOfAny((byte)'+', (byte)'-') >= 0);

    private static bool TryParseFixed(ReadOnlySpan<byte> text, out long unixMs)
    {
        unixMs = 0;
        if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':'
            || !Two(text, 0, out var century) || !Two(text, 2, out var year) || !Two(text, 5, out var month) || !Two(text, 8, out var day)
            || !Two(text, 11, out var hour) || !Two(text, 14, out var minute) || !Two(text, 17, out var second))
        {
            return false;
        }

        year += century * 100;
        var milliseconds = 0;
        if (text.Length > 20)
        {
            if (text[19] != '.' || text.Length > 30)
            {
                return false;
            }

            var scale = 100;
            foreach (var digit in text[20..^1])
            {
                if (!char.IsAsciiDigit((char)digit))
                {
                    return false;
                }

                milliseconds += (digit - '0') * scale;
                scale /= 10;
            }
        }

        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks;
        unixMs = (ticks / TimeSpan.TicksPerMillisecond) + milliseconds;
        return true;
    }

    private static bool Two(ReadOnlySpan<byte> text, int at, out int value)
    {
        var tens = text[at] - '0';
        var ones = text[at + 1] - '0';
        value = (tens * 10) + ones;
        return tens is >= 0 and <= 9 && ones is >= 0 and <= 9;
    }
}
