using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Bandstand.Participants;

/// <summary>
/// Rows of a fixed size in one array, found by key: an open-addressing table that is kept sorted.
/// </summary>
/// <remarks>
/// <para>A key's home is <c>key × capacity / 2⁶⁴</c>, so any capacity will do and homes ascend with keys. Rows lie at or after their home, in the
/// order of their keys, with gaps ("ordered linear probing", Amble and Knuth 1974): an absent key is noticed as soon as a larger one
/// is met, growing is one sequential copy, removing shifts rows back and leaves no tombstone, and walking the array yields
/// the keys in order, whatever the history.</para>
/// <para>The first eight bytes of a row hold the key <em>negated</em>: an empty row (0) then sorts after everybody and ends every search with
/// one comparison. Positions are in words of four bytes.</para>
/// <para>Keys must be well mixed (they are SipHash); other keys are still right, only slow.</para>
/// </remarks>
internal sealed class ParticipantTable
{
    private const int MinCapacity = 16;

    // The last row stays empty: it ends every search.
    private const int Guard = 1;

    // Grown by 1.3 when 0.7 is full: between 1.43 and 1.86 rows of memory a participant, and a new row moves 3 others on average, 5 at most
    // (Knuth 6.4: (1 + 1/(1 − load)²)/2 − 1).
    private const double Growth = 1.3;
    private const double MaxLoad = 0.7;

    private uint[] words = [];
    private long capacity;
    private long limit;
    private long tail = 16;

    public ParticipantTable(int rowWords)
    {
        RowWords = rowWords;
        Clear();
    }

    /// <summary>Words of four bytes in a row, the key's two included.</summary>
    public int RowWords { get; private set; }

    public long Count { get; private set; }

    public long MemoryBytes => words.LongLength * sizeof(uint);

    public void Clear()
    {
        Count = 0;
        tail = 16;
        Allocate(MinCapacity);
    }

    /// <summary>Makes an empty table ready for this many rows.</summary>
    public void Reserve(long count)
    {
        if (count > limit && Count == 0)
        {
            Allocate((long)(count / MaxLoad) + 1);
        }
    }

    /// <summary>Where the key's row is, or the complement (~) of where it belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Find(ulong key)
    {
        unchecked
        {
            var at = Home(key);
            var negated = 0 - key;
            ulong there;
            while ((there = KeyBits(at)) > negated)
            {
                at += RowWords;
            }

            return there == negated ? at : ~at;
        }
    }

    /// <summary>Starts loading the key's row into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(ulong key)
    {
        if (Sse.IsSupported)
        {
            // An address that the collector has meanwhile moved away from is a lost hint, nothing more.
            Sse.Prefetch0(Unsafe.AsPointer(ref Word(Home(key))));
        }
    }

    /// <summary>Adds an empty row for a key that is not there.</summary>
    /// <param name="key">Not 0.</param>
    /// <param name="at">The complement of what <see cref="Find"/> answered.</param>
    /// <returns>Where the row is.</returns>
    public nint Insert(ulong key, nint at)
    {
        unchecked
        {
            if (Count >= limit)
            {
                Rebuild((long)(capacity * Growth) + 1, RowWords, null);
                at = ~Find(key);
            }

            var gap = at;
            while (KeyBits(gap) != 0)
            {
                gap += RowWords;
            }

            if (gap + (Guard * RowWords) >= words.Length)
            {
                tail *= 2;
                Rebuild(capacity, RowWords, null);
                return Insert(key, ~Find(key));
            }

            if (gap != at)
            {
                Words(at, gap - at).CopyTo(Words(at + RowWords, gap - at));
                Words(at, RowWords).Clear();
            }

            SetKeyBits(at, 0 - key);
            Count++;
            return at;
        }
    }

    /// <summary>Adds a row whose key is larger than all there are.</summary>
    public nint Append(ulong key, ref nint last)
    {
        unchecked
        {
            var at = Math.Max(Home(key), last);
            last = at + RowWords;
            if (Count >= limit || last + (Guard * RowWords) > words.Length)
            {
                at = Insert(key, ~Find(key));
                last = at + RowWords;
                return at;
            }

            SetKeyBits(at, 0 - key);
            Count++;
            return at;
        }
    }

    /// <summary>Removes a row; those behind it that are not at home move one place back.</summary>
    public void Remove(nint at)
    {
        unchecked
        {
            var end = at + RowWords;
            while (KeyBits(end) != 0 && Home(KeyAt(end)) < end)
            {
                end += RowWords;
            }

            Words(at + RowWords, end - at - RowWords).CopyTo(Words(at, end - at - RowWords));
            Words(end - RowWords, RowWords).Clear();
            Count--;
        }
    }

    /// <summary>The first row at or after a position, in the order of keys; −1 when there is none.</summary>
    public nint Next(nint at)
    {
        for (; at < words.Length; at += RowWords)
        {
            if (KeyBits(at) != 0)
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>Makes rows longer; <paramref name="move"/> fills the new row (after its key) from the old one.</summary>
    public void Widen(int rowWords, RowMove move) => Rebuild(capacity, rowWords, move);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong KeyAt(nint at) => unchecked(0 - KeyBits(at));

    /// <summary>One word of a row.</summary>
    /// <param name="at">The row's position plus the word's number in it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref uint Word(nint at) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(words), at);

    /// <summary>Two words of a row, at any alignment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Long(nint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<uint, byte>(ref Word(at)));

    /// <summary>Sets two words of a row, at any alignment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetLong(nint at, ulong value) => Unsafe.WriteUnaligned(ref Unsafe.As<uint, byte>(ref Word(at)), value);

    /// <summary>A row's words.</summary>
    public Span<uint> Row(nint at) => Words(at, RowWords);

    internal delegate void RowMove(ReadOnlySpan<uint> from, Span<uint> to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nint Home(ulong key) => unchecked((nint)Math.BigMul(key, (ulong)capacity, out _) * RowWords);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong KeyBits(nint at) => Long(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetKeyBits(nint at, ulong bits) => SetLong(at, bits);

    private Span<uint> Words(nint at, nint count) => words.AsSpan((int)at, (int)count);

    private void Allocate(long rows)
    {
        capacity = Math.Max(rows, MinCapacity);
        limit = (long)(capacity * MaxLoad);
        var length = (capacity + tail) * RowWords;
        if (length > Array.MaxLength)
        {
            throw new InvalidOperationException($"A shard cannot hold more than {Count} participants: define the experiment with more shards.");
        }

        words = new uint[length];
    }

    private void Rebuild(long rows, int rowWords, RowMove? move)
    {
        var (old, oldRowWords, oldCapacity) = (words, RowWords, capacity);
        RowWords = rowWords;
        try
        {
            Allocate(rows);
        }
        catch
        {
            (RowWords, capacity, limit) = (oldRowWords, oldCapacity, (long)(oldCapacity * MaxLoad));
            throw;
        }

        nint next = 0;
        for (nint from = 0; from < old.Length; from += oldRowWords)
        {
            var source = old.AsSpan((int)from, oldRowWords);
            var negated = Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<uint, byte>(ref source[0]));
            if (negated == 0)
            {
                continue;
            }

            var to = Math.Max(Home(unchecked(0 - negated)), next);
            next = to + rowWords;
            if (next + (Guard * rowWords) > words.Length)
            {
                // Only keys that are not mixed pile up at the end: begin again with more room there.
                tail *= 2;
                (words, RowWords, capacity) = (old, oldRowWords, oldCapacity);
                Rebuild(rows, rowWords, move);
                return;
            }

            var target = Words(to, rowWords);
            if (move is null)
            {
                source.CopyTo(target);
            }
            else
            {
                SetKeyBits(to, negated);
                move(source[2..], target[2..]);
            }
        }
    }
}
