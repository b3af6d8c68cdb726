using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Bandstand.Participants;

/// <summary>
/// Numbered rows of a fixed number of words, in pieces of 8 192 rows: more rows are more pieces, and those there are stay where they are.
/// The last piece is as long as it must be.
/// </summary>
internal sealed class TableRows(int rowWords)
{
    public const int PieceBits = 13;
    public const int PieceRows = 1 << PieceBits;
    public const int PieceMask = PieceRows - 1;

    private uint[][] pieces = [];

    public int RowWords { get; private set; } = rowWords;

    public nint Count { get; private set; }

    public int Pieces => pieces.Length;

    public long MemoryBytes => pieces.Sum(p => 32L + (sizeof(uint) * p.LongLength));

    /// <summary>The first word of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref uint At(nint index)
        => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(pieces[index >> PieceBits]), unchecked((index & PieceMask) * RowWords));

    /// <summary>The first word of the row after one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref uint After(ref uint row, scoped ref nint index)
    {
        index = unchecked(index + 1);
        return ref (index & PieceMask) == 0 ? ref At(index) : ref Unsafe.Add(ref row, RowWords);
    }

    /// <summary>The words of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<uint> Row(nint index) => MemoryMarshal.CreateSpan(ref At(index), RowWords);

    /// <summary>A hint; another thread may meanwhile resize, so nothing may be taken for granted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(nint index)
    {
        var present = pieces;
        var piece = index >> PieceBits;
        if (Sse.IsSupported && (nuint)piece < (nuint)present.Length)
        {
            // An address beyond the piece, or one that the collector has moved away from, is a lost hint, nothing more.
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(present[piece]), unchecked((index & PieceMask) * RowWords))));
        }
    }

    /// <summary>Makes it longer; new rows are empty.</summary>
    public void Resize(long count)
    {
        var longer = new uint[(int)((count + PieceMask) >> PieceBits)][];
        for (var i = 0; i < longer.Length; i++)
        {
            longer[i] = i < pieces.Length ? pieces[i] : [];
            var words = (int)Math.Min(count - ((long)i << PieceBits), PieceRows) * RowWords;
            if (longer[i].Length < words)
            {
                Array.Resize(ref longer[i], words);
            }
        }

        pieces = longer;
        Count = (nint)count;
    }

    /// <summary>Makes rows longer, piece by piece; what is added is zero.</summary>
    public void Widen(int wider)
    {
        for (var i = 0; i < pieces.Length; i++)
        {
            var from = pieces[i].AsSpan();
            pieces[i] = new uint[from.Length / RowWords * wider];
            for (var to = pieces[i].AsSpan(); !to.IsEmpty; to = to[wider..])
            {
                from[..RowWords].CopyTo(to);
                from = from[RowWords..];
            }
        }

        RowWords = wider;
    }

    /// <summary>How many rows a piece has.</summary>
    public nint CountIn(nint piece) => pieces[piece].Length / RowWords;

    /// <summary>Copies one row over another: a few words, for which a call would take longer than the copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(ref uint from, ref uint to, nint words)
    {
        for (nint word = 0; word < words; word = unchecked(word + 1))
        {
            Unsafe.Add(ref to, word) = Unsafe.Add(ref from, word);
        }
    }

    /// <summary>Moves the rows from <paramref name="first"/> to before <paramref name="gap"/> one place up, over the gap.</summary>
    public void MoveUp(nint first, nint gap)
    {
        if (first >> PieceBits == gap >> PieceBits)
        {
            var words = (int)(gap - first) * RowWords;
            MemoryMarshal.CreateSpan(ref At(first), words).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref At(first), RowWords), words));
            return;
        }

        for (; gap > first; gap--)
        {
            Copy(ref At(gap - 1), ref At(gap), RowWords);
        }
    }

    /// <summary>Takes the rows in use out of a piece, in order, and leaves it empty; answers how many they are.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="to">Room for one row more than a piece has.</param>
    public nint Empty(nint piece, ref uint to)
    {
        unchecked
        {
            ref var from = ref MemoryMarshal.GetArrayDataReference(pieces[piece]);
            nint taken = 0;
            for (var left = CountIn(piece); left > 0; left--)
            {
                // An empty row is copied, too, and then overwritten: a branch here would be mispredicted half of the time.
                Copy(ref from, ref Unsafe.Add(ref to, taken * RowWords), RowWords);
                taken += (from | Unsafe.Add(ref from, 1)) == 0 ? 0 : 1;
                from = ref Unsafe.Add(ref from, RowWords);
            }

            Array.Clear(pieces[piece]);
            return taken;
        }
    }
}
