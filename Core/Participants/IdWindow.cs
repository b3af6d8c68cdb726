using System.Runtime.CompilerServices;

namespace Bandstand.Participants;

/// <summary>
/// The hashes of the last 1 000 000 event ids, as a ring in order of arrival and a table of positions in it. Memory grows as it is used: 16 bytes an
/// id when full.
/// </summary>
internal sealed class IdWindow
{
    public const int Capacity = 1_000_000;

    // A slot: position in the ring + 1 (20 bits; 0: empty) and 12 bits of the hash, so that few probes read the ring.
    private const int PositionBits = 20;
    private const uint PositionMask = (1u << PositionBits) - 1;

    private ulong[] ring = [];
    private uint[] slots = new uint[16];
    private int oldest;

    public int Count { get; private set; }

    public long MemoryBytes => (8L * ring.LongLength) + (4L * slots.LongLength);

    public void Clear()
    {
        ring = [];
        slots = new uint[16];
        oldest = 0;
        Count = 0;
    }

    public bool Contains(ulong id)
    {
        unchecked
        {
            var tag = Tag(id);
            var mask = slots.Length - 1;
            for (var at = Home(id); ; at = (at + 1) & mask)
            {
                var slot = slots[at];
                if (slot == 0)
                {
                    return false;
                }

                if ((slot & ~PositionMask) == tag && ring[(slot & PositionMask) - 1] == id)
                {
                    return true;
                }
            }
        }
    }

    /// <summary>Starts loading the id's slot into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(ulong id)
    {
        if (System.Runtime.Intrinsics.X86.Sse.IsSupported)
        {
            System.Runtime.Intrinsics.X86.Sse.Prefetch0(Unsafe.AsPointer(ref slots[Home(id)]));
        }
    }

    /// <summary>Remembers an id that is not there; forgets the oldest when there are 1 000 000.</summary>
    public void Add(ulong id)
    {
        unchecked
        {
            int position;
            if (Count == Capacity)
            {
                position = oldest;
                Forget(ring[position]);
                oldest = position + 1 == Capacity ? 0 : position + 1;
            }
            else
            {
                position = Count;
                if (position == ring.Length)
                {
                    Array.Resize(ref ring, (int)Math.Min(Capacity, Math.Max(64L, ring.Length * 2L)));
                }

                if (Count * 2 >= slots.Length)
                {
                    Grow();
                }

                Count++;
            }

            ring[position] = id;
            Place(id, position);
        }
    }

    /// <summary>All, oldest first.</summary>
    public IEnumerable<ulong> All()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return ring[(oldest + i) % Count];
        }
    }

    private static uint Tag(ulong id) => unchecked((uint)id << PositionBits);

    private int Home(ulong id) => unchecked((int)(id >> 32)) & (slots.Length - 1);

    private void Place(ulong id, int position)
    {
        var mask = slots.Length - 1;
        var at = Home(id);
        while (slots[at] != 0)
        {
            at = (at + 1) & mask;
        }

        slots[at] = Tag(id) | (uint)(position + 1);
    }

    private void Grow()
    {
        slots = new uint[slots.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            Place(ring[i], i);
        }
    }

    private void Forget(ulong id)
    {
        unchecked
        {
            var mask = slots.Length - 1;
            var hole = Home(id);
            while (ring[(slots[hole] & PositionMask) - 1] != id)
            {
                hole = (hole + 1) & mask;
            }

            // Move back whatever would not be found past the hole.
            for (var at = (hole + 1) & mask; slots[at] != 0; at = (at + 1) & mask)
            {
                var home = Home(ring[(slots[at] & PositionMask) - 1]);
                if (((at - home) & mask) >= ((at - hole) & mask))
                {
                    slots[hole] = slots[at];
                    hole = at;
                }
            }

            slots[hole] = 0;
        }
    }
}
