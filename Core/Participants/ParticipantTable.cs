using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bandstand.Participants;

/// <summary>
/// Rows of a fixed size found by key: an open-addressing table that is kept sorted and grows in place.
/// </summary>
/// <remarks>
/// <para>A key's home is <c>key × capacity / 2⁶⁴</c>, so any capacity will do and homes ascend with keys. Rows lie at or after their home, in the
/// order of their keys, with gaps ("ordered linear probing", Amble and Knuth 1974): an absent key is noticed as soon as a larger one
/// is met, removing shifts rows back and leaves no tombstone, and walking the table yields the keys in order, whatever the
/// history.</para>
/// <para>The first eight bytes of a row hold the key <em>negated</em>: an empty row (0) then sorts after everybody and ends every search with
/// one comparison. The rest of a row is its owner's.</para>
/// <para>Keys must be well mixed (they are SipHash); other keys are still right, only slow.</para>
/// </remarks>
internal sealed class ParticipantTable
{
    /// <summary>Words of four bytes that the key takes at the beginning of a row.</summary>
    public const int KeyWords = 2;

    private const int MinCapacity = 16;
    private const int MinTail = 16;

    // Grown by 1.3 when 0.7 is full: between 1.43 and 1.86 rows of memory a participant, and a new row moves 3 others on average, 5 at most
    // (Knuth 6.4: (1 + 1/(1 − load)²)/2 − 1).
    private const double Growth = 1.3;
    private const double MaxLoad = 0.7;

    // In pieces, so that growing adds memory to what is there instead of taking as much again beside it.
    private readonly TableRows rows;
    private long capacity;
    private long limit;
    private long tail;

    public ParticipantTable(int rowWords)
    {
        rows = new TableRows(rowWords);
        tail = MinTail;
        SetCapacity(MinCapacity);
        rows.Resize(capacity + tail);
    }

    /// <summary>Words of four bytes in a row, the key's two included.</summary>
    public int RowWords => rows.RowWords;

    public long Count { get; private set; }

    public long MemoryBytes => rows.MemoryBytes;

    /// <summary>Makes an empty table ready for this many rows.</summary>
    public void Reserve(long count)
    {
        if (Count == 0 && count > limit)
        {
            SetCapacity((long)(count / MaxLoad) + 1);
            rows.Resize(capacity + tail);
        }
    }

    /// <summary>The key's row, or a null reference. Valid until a row is added, removed or widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref uint Find(ulong key) => ref Find(key, out _);

    /// <summary>The same; and where the key belongs, for <see cref="Insert(ulong, nint)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref uint Find(ulong key, out nint place)
    {
        unchecked
        {
            var negated = 0 - key;
            ref var row = ref Seek(key, out place);
            return ref KeyBits(ref row) == negated ? ref row : ref Unsafe.NullRef<uint>();
        }
    }

    /// <summary>Starts loading the key's row into the cache. Harmless from any thread at any time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong key) => rows.Prefetch(Home(key));

    /// <summary>Adds a row that is empty but for its key.</summary>
    /// <param name="key">Not there yet.</param>
    /// <param name="place">Where <see cref="Find(ulong, out nint)"/> said it belongs, nothing being added or removed since.</param>
    /// <returns>The row, valid as long as a found one.</returns>
    public ref uint Insert(ulong key, nint place) => ref rows.At(InsertAt(key, place));

    /// <summary>Adds a row whose key is larger than all there are. Begin with <paramref name="next"/> 0.</summary>
    public ref uint Append(ulong key, scoped ref nint next)
    {
        unchecked
        {
            var index = Math.Max(Home(key), next);
            if (Count >= limit || index + 1 >= rows.Count)
            {
                Seek(key, out index);
                index = InsertAt(key, index);
            }
            else
            {
                SetKeyBits(ref rows.At(index), 0 - key);
                Count++;
            }

            next = index + 1;
            return ref rows.At(index);
        }
    }

    /// <summary>Removes a row that is there; those behind it that are not at home move one place back.</summary>
    public void Remove(ulong key)
    {
        unchecked
        {
            Seek(key, out var index);
            for (nint behind = index + 1; ; index = behind++)
            {
                var bits = KeyBits(ref rows.At(behind));
                if (bits == 0 || Home(0 - bits) == behind)
                {
                    break;
                }

                TableRows.Copy(ref rows.At(behind), ref rows.At(index), RowWords);
            }

            rows.Row(index).Clear();
            Count--;
        }
    }

    /// <summary>The next row in the order of keys, at or after a number; −1 when there is none. Numbers are valid as long as rows are.</summary>
    public nint Next(nint index)
    {
        for (; index < rows.Count; index++)
        {
            if (KeyBits(ref rows.At(index)) != 0)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>The words of a row by its number.</summary>
    public Span<uint> Row(nint index) => rows.Row(index);

    /// <summary>The key of a row.</summary>
    public static ulong KeyOf(ReadOnlySpan<uint> row) => unchecked(0 - MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(row)));

    /// <summary>Makes rows longer; what is added is zero.</summary>
    public void Widen(int rowWords) => rows.Widen(rowWords);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong KeyBits(ref uint row) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<uint, byte>(ref row));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetKeyBits(ref uint row, ulong bits) => Unsafe.WriteUnaligned(ref Unsafe.As<uint, byte>(ref row), bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nint Home(ulong key) => unchecked((nint)Math.BigMul(key, (ulong)capacity, out _));

    /// <summary>The first row from the key's home on whose key is not smaller, or an empty one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref uint Seek(ulong key, out nint index)
    {
        unchecked
        {
            var negated = 0 - key;
            index = Home(key);
            ref var row = ref rows.At(index);
            while (KeyBits(ref row) > negated)
            {
                row = ref rows.After(ref row, ref index);
            }

            return ref row;
        }
    }

    private nint InsertAt(ulong key, nint index)
    {
        unchecked
        {
            if (Count >= limit)
            {
                Grow();
                Seek(key, out index);
            }

            var gap = index;
            ref var row = ref rows.At(gap);
            while (KeyBits(ref row) != 0)
            {
                row = ref rows.After(ref row, ref gap);
            }

            // The last row stays empty: it ends every search. Only keys that are not mixed need more room at the end.
            if (gap + 1 >= rows.Count)
            {
                tail *= 2;
                rows.Resize(capacity + tail);
            }

            rows.MoveUp(index, gap);
            if (gap != index)
            {
                rows.Row(index).Clear();
            }

            SetKeyBits(ref rows.At(index), 0 - key);
            Count++;
            return index;
        }
    }

    /// <summary>
    /// Spreads the rows over more places, in the same memory and more. Nobody's place becomes smaller, so pieces are emptied from
    /// the last to the first; a first pass finds out where each piece begins.
    /// </summary>
    private void Grow()
    {
        unchecked
        {
            SetCapacity((long)(capacity * Growth) + 1);
            var begins = new nint[rows.Pieces];
            nint next = 0;
            for (nint piece = 0; piece < begins.Length; piece++)
            {
                begins[piece] = next;
                ref var row = ref rows.At(piece << TableRows.PieceBits);
                for (var left = rows.CountIn(piece); left > 0; left--)
                {
                    // No branch: whether a row is empty cannot be predicted.
                    var bits = KeyBits(ref row);
                    var after = Math.Max(Home(0 - bits), next) + 1;
                    next = bits == 0 ? next : after;
                    row = ref Unsafe.Add(ref row, RowWords);
                }
            }

            while (next >= capacity + tail)
            {
                tail *= 2;
            }

            rows.Resize(capacity + tail);
            var buffer = new uint[(TableRows.PieceRows + 1) * RowWords];
            for (nint piece = begins.Length - 1; piece >= 0; piece--)
            {
                Place(ref buffer[0], rows.Empty(piece, ref buffer[0]), begins[piece]);
            }
        }
    }

    private void Place(ref uint sorted, nint count, nint next)
    {
        unchecked
        {
            for (; count > 0; count--)
            {
                var index = Math.Max(Home(0 - KeyBits(ref sorted)), next);
                next = index + 1;
                TableRows.Copy(ref sorted, ref rows.At(index), RowWords);
                sorted = ref Unsafe.Add(ref sorted, RowWords);
            }
        }
    }

    private void SetCapacity(long places)
    {
        capacity = places;
        limit = (long)(places * MaxLoad);
    }
}
