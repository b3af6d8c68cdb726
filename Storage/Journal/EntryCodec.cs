using System.Numerics;

namespace Bandstand.Storage.Journal;

/// <summary>How entries lie in a row: each after its length, seven bits a byte, the lowest first.</summary>
internal static class EntryCodec
{
    /// <summary>Bytes that an entry of this length takes in a row.</summary>
    public static int Size(int length) => length + ((BitOperations.Log2((uint)length | 1) / 7) + 1);

    /// <summary>Writes one entry; <paramref name="target"/> holds at least <see cref="Size"/> bytes.</summary>
    public static void Write(Span<byte> target, ReadOnlySpan<byte> entry)
    {
        var length = (uint)entry.Length;
        var i = 0;
        for (; length > 0x7F; length >>= 7)
        {
            target[i++] = (byte)(length | 0x80);
        }

        target[i++] = (byte)length;
        entry.CopyTo(target[i..]);
    }

    /// <summary>Takes the first entry off a row. False when the row does not begin with a whole entry.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> row, out ReadOnlySpan<byte> entry)
    {
        entry = default;
        ulong length = 0;
        for (var i = 0; i < 5 && i < row.Length; i++)
        {
            length |= (ulong)(row[i] & 0x7F) << (7 * i);
            if (row[i] <= 0x7F)
            {
                if (length == 0 || length > (ulong)(row.Length - i - 1))
                {
                    return false;
                }

                entry = row.Slice(i + 1, (int)length);
                row = row[(i + 1 + (int)length)..];
                return true;
            }
        }

        return false;
    }
}
