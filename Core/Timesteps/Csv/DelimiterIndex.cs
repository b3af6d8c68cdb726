using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Bandstand.Timesteps.Csv;

/// <summary>
/// Finds the commas and line feeds of a text that has no quotes, 64 bytes at a time, and lists their positions; those of line feeds are marked.
/// </summary>
/// <remarks>After Langdale and Lemire (2019), "Parsing gigabytes of JSON per second", section 3.1.</remarks>
internal ref struct DelimiterIndex(ReadOnlySpan<byte> text)
{
    /// <summary>Set in the position of a line feed.</summary>
    public const uint LineFeed = 0x8000_0000;

    private const int Block = 64;
    private readonly ReadOnlySpan<byte> text = text;
    private int scanned;

    /// <summary>Whether the whole text has been listed.</summary>
    public readonly bool IsDone => scanned >= text.Length;

    /// <summary>Lists positions until the text ends or fewer than 72 places are left.</summary>
    /// <param name="positions">Where they go.</param>
    /// <param name="count">How many are there already.</param>
    /// <returns>How many are there now.</returns>
    public int Fill(scoped Span<uint> positions, int count)
    {
        ref var source = ref MemoryMarshal.GetReference(text);
        ref var target = ref MemoryMarshal.GetReference(positions);
        var room = positions.Length - Block - 8;
        while (count <= room && text.Length - scanned >= Block)
        {
            count = List(ref Unsafe.Add(ref source, scanned), scanned, ref target, count);
            scanned += Block;
        }

        if (count <= room && scanned < text.Length)
        {
            Span<byte> last = stackalloc byte[Block];
            last.Clear();
            text[scanned..].CopyTo(last);
            count = List(ref last[0], scanned, ref target, count);
            scanned = text.Length;
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int List(ref byte block, int offset, ref uint positions, int count)
    {
        Compare(ref block, out var commas, out var lineFeeds);
        var both = commas | lineFeeds;
        var found = BitOperations.PopCount(both);
        ref var next = ref Unsafe.Add(ref positions, count);
        unchecked
        {
            // Eight at a time, whether there are eight or not: a loop that ends anywhere would be mispredicted once per block.
            for (var i = 0; i < found; i += 8)
            {
                for (var j = 0; j < 8; j++)
                {
                    var bit = BitOperations.TrailingZeroCount(both);
                    var mark = (uint)(lineFeeds >> bit) << 31;
                    Unsafe.Add(ref next, i + j) = (uint)(offset + bit) | mark;
                    both &= both - 1;
                }
            }
        }

        return count + found;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Compare(ref byte block, out ulong commas, out ulong lineFeeds)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var bytes = Vector512.LoadUnsafe(ref block);
            commas = Vector512.Equals(bytes, Vector512.Create((byte)',')).ExtractMostSignificantBits();
            lineFeeds = Vector512.Equals(bytes, Vector512.Create((byte)'\n')).ExtractMostSignificantBits();
            return;
        }

        var low = Vector256.LoadUnsafe(ref block);
        var high = Vector256.LoadUnsafe(ref block, (nuint)Vector256<byte>.Count);
        commas = Mask(low, high, (byte)',');
        lineFeeds = Mask(low, high, (byte)'\n');
    }

    private static ulong Mask(Vector256<byte> low, Vector256<byte> high, byte wanted)
    {
        var value = Vector256.Create(wanted);
        return Vector256.Equals(low, value).ExtractMostSignificantBits()
            | ((ulong)Vector256.Equals(high, value).ExtractMostSignificantBits() << 32);
    }
}
