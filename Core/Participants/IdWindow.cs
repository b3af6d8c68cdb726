using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Bandstand.Participants;

/// <summary>
/// The hashes of the last 1 000 000 event ids, as a ring in order of arrival and a table of positions in it. Memory grows as it is used: 16 bytes an
/// id when full.
/// </summary>
internal sealed class IdWindow
{
    public const int Capacity = 1_000_000;

    // A slot: position in the ring + 1 (20 bits; 0: empty), distance from home (4 bits, 15: that or more) and 8 bits of the hash, so that
    // neither looking for what is absent nor moving slots back reads the ring at random.
    private const int PositionBits = 20;
    private const uint PositionMask = (1u << PositionBits) - 1;
    private const int FarAway = 15;
    private const int MinSlotBits = 5;

    private ulong[] ring = [];
    private uint[] slots = new uint[1 << MinSlotBits];
    private int shift = 64 - MinSlotBits;
    private int oldest;

    public int Count { get; private set; }

    public long MemoryBytes => (8L * ring.LongLength) + (4L * slots.LongLength);

    public void Clear()
    {
        ring = [];
        slots = new uint[1 << MinSlotBits];
        shift = 64 - MinSlotBits;
        oldest = 0;
        Count = 0;
    }

    public bool Contains(ulong id)
    {
        unchecked
        {
            var mask = slots.Length - 1;
            var at = Home(id);
            for (var distance = 0; ; distance++)
            {
                var slot = slots[at];
                if (slot == 0)
                {
                    return false;
                }

                if ((slot & ~PositionMask) == Mark(id, distance) && ring[(slot & PositionMask) - 1] == id)
                {
                    return true;
                }

                at = (at + 1) & mask;
            }
        }
    }

    /// <summary>Starts loading what adding the id will touch into the cache.</summary>
    /// <param name="id">An id to come.</param>
    /// <param name="ahead">How many ids come before it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(ulong id, int ahead)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref slots[Home(id)]));
            if (Count == Capacity)
            {
                Sse.Prefetch0(Unsafe.AsPointer(ref slots[Home(ring[(oldest + ahead) % Capacity])]));
            }
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
                Forget(ring[position], position);
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

    // Spreads ids that are not hashes, too.
    private int Home(ulong id) => unchecked((int)(id * 0x9e37_79b9_7f4a_7c15 >> shift));

    private static uint Mark(ulong id, int distance) => unchecked(((uint)id << (PositionBits + 4)) | ((uint)Math.Min(distance, FarAway) << PositionBits));

    private void Place(ulong id, int position)
    {
        unchecked
        {
            var mask = slots.Length - 1;
            var at = Home(id);
            var distance = 0;
            for (; slots[at] != 0; distance++)
            {
                at = (at + 1) & mask;
            }

            slots[at] = Mark(id, distance) | (uint)(position + 1);
        }
    }

    private void Grow()
    {
        slots = new uint[slots.Length * 2];
        shift--;
        for (var i = 0; i < Count; i++)
        {
            Place(ring[i], i);
        }
    }

    private void Forget(ulong id, int position)
    {
        unchecked
        {
            var mask = slots.Length - 1;
            var hole = Home(id);
            while ((slots[hole] & PositionMask) != (uint)(position + 1))
            {
                hole = (hole + 1) & mask;
            }

            // Move back whatever would not be found past the hole.
            for (var at = (hole + 1) & mask; slots[at] != 0; at = (at + 1) & mask)
            {
                var distance = Distance(at, mask);
                var back = (at - hole) & mask;
                if (distance >= back)
                {
                    slots[hole] = (slots[at] & ~((uint)FarAway << PositionBits)) | ((uint)Math.Min(distance - back, FarAway) << PositionBits);
                    hole = at;
                }
            }

            slots[hole] = 0;
        }
    }

    private int Distance(int at, int mask)
    {
        unchecked
        {
            var distance = (int)(slots[at] >> PositionBits) & FarAway;
            return distance < FarAway ? distance : (at - Home(ring[(slots[at] & PositionMask) - 1])) & mask;
        }
    }
}
