using Bandstand.Ports;

namespace Bandstand.Grains.Journal;

/// <summary>What an owner holds once it has claimed a journal: nobody before it can write any more.</summary>
/// <param name="Records">The store.</param>
/// <param name="Head">The head as this owner wrote it.</param>
/// <param name="HeadETag">The head's ETag.</param>
/// <param name="Ring">The slots with their ETags.</param>
/// <param name="Chain">The slots from the head's first on; the last one carries this owner's claim.</param>
/// <param name="Before">The claim of the owner before, 0 if there was none.</param>
internal sealed record ClaimedJournal(
    JournalRecords Records, JournalHead Head, string? HeadETag, JournalRing Ring, IReadOnlyList<JournalSlot> Chain, long Before);

/// <summary>
/// Takes a journal over. First the head is written with a higher claim, which stops the older owner's snapshots; then the one
/// slot that the older owner could write next, which stops its appends. What it wrote until then is part of the chain.
/// </summary>
internal static class JournalClaim
{
    private const int Attempts = 8;
    private const int SmallestWindow = 4;
    private const int LargestWindow = 64;

    public static async Task<ClaimedJournal> Take(JournalRecords records, JournalOptions options, CancellationToken cancellationToken)
    {
        var (head, etag, before) = await ClaimHead(records, Fresh(options), claim => claim, cancellationToken).ConfigureAwait(false);
        var ring = new JournalRing(records, head);
        var chain = await Fence(records, head, ring, cancellationToken).ConfigureAwait(false);
        return new ClaimedJournal(records, head, etag, ring, chain, before);
    }

    /// <summary>Writes the head with the next claim, changed further by <paramref name="change"/>.</summary>
    public static async Task<(JournalHead Head, string? ETag, long Before)> ClaimHead(
        JournalRecords records, JournalHead fresh, Func<JournalHead, JournalHead> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stored = await records.Read(JournalHead.Name).ConfigureAwait(false);
            if (stored.Bytes is null && (await records.Read(fresh.SlotName(0)).ConfigureAwait(false)).Bytes is not null)
            {
                // No slot is ever there before the head: either somebody just wrote both, or the head was lost.
                stored = await records.Read(JournalHead.Name).ConfigureAwait(false);
                if (stored.Bytes is null)
                {
                    throw RecordChecksum.Damaged(records.Actor, JournalHead.Name);
                }
            }

            var present = stored.Bytes is null ? fresh : JournalHead.Read(records.Actor, stored.Bytes);
            if (present.Dropped)
            {
                throw new JournalUnavailableException("dropped", $"The journal of {records.Actor} was dropped: its experiment was reset or deleted.");
            }

            var claimed = change(present with { Claim = present.Claim + 1 });
            try
            {
                var etag = await records.Write(JournalHead.Name, claimed.ToBytes(records.Actor), stored.ETag).ConfigureAwait(false);
                return (claimed, etag, present.Claim);
            }
            catch (JournalUnavailableException e) when (e.Code == "fenced" && attempt < Attempts)
            {
                // Somebody else claims at the same time: look again and claim after them.
            }
        }
    }

    /// <summary>The head of a journal that was never written.</summary>
    public static JournalHead Fresh(JournalOptions options)
        => new() { Claim = 0, RingSlots = options.RingSlots, SlotBytes = options.SlotBytes, FillBytes = options.FillBytes };

    /// <summary>Reads the chain and writes the claim where the older owner would write next.</summary>
    public static async Task<List<JournalSlot>> Fence(JournalRecords records, JournalHead head, JournalRing ring, CancellationToken cancellationToken)
    {
        var chain = new List<JournalSlot>();
        while (true)
        {
            await ReadChain(records, head, ring, chain, cancellationToken).ConfigureAwait(false);
            var fence = FenceAfter(records, head, chain);
            try
            {
                await ring.Write(fence).ConfigureAwait(false);
                Put(head, chain, fence);
                return chain;
            }
            catch (JournalUnavailableException e) when (e.Code == "fenced")
            {
                // The older owner was faster, or a newer one is here, or this very write landed twice: look at what is there.
                var there = await ring.Read(fence.Sequence).ConfigureAwait(false);
                if (there is null)
                {
                    throw;
                }

                Put(head, chain, there);
                if (there.Bytes.AsSpan().SequenceEqual(fence.Bytes))
                {
                    return chain;
                }
            }
        }
    }

    private static JournalSlot FenceAfter(JournalRecords records, JournalHead head, List<JournalSlot> chain)
    {
        if (chain.Count == 0)
        {
            // Only an owner that stopped between its first two writes leaves a head without a slot.
            return head is { FirstSequence: 0, Snapshot: null }
                ? JournalSlot.Empty(records.Actor, head.SlotName(0), 0, head.Claim)
                : throw RecordChecksum.Damaged(records.Actor, head.SlotName(head.FirstSequence));
        }

        var last = chain[^1];
        return last.Bytes.Length < head.FillBytes
            ? last.ClaimedBy(head.Claim)
            : JournalSlot.Empty(records.Actor, head.SlotName(last.Sequence + 1), last.Sequence + 1, head.Claim);
    }

    private static void Put(JournalHead head, List<JournalSlot> chain, JournalSlot slot)
    {
        var place = (int)(slot.Sequence - head.FirstSequence);
        if (place == chain.Count)
        {
            chain.Add(slot);
        }
        else
        {
            chain[place] = slot;
        }
    }

    private static async Task ReadChain(JournalRecords records, JournalHead head, JournalRing ring, List<JournalSlot> chain, CancellationToken cancellationToken)
    {
        for (var window = SmallestWindow; ; window = Math.Min(window * 2, LargestWindow))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = head.FirstSequence + chain.Count;
            var count = (int)Math.Min(window, head.FirstSequence + head.RingSlots - from);
            var slots = await Task.WhenAll(Enumerable.Range(0, count).Select(i => ring.Read(from + i))).ConfigureAwait(false);
            var found = 0;
            for (; found < count && slots[found] is { } slot; found++)
            {
                await Add(records, head, ring, chain, slot).ConfigureAwait(false);
            }

            if (found == count && count > 0)
            {
                continue;
            }

            if (slots.Skip(found).All(slot => slot is null))
            {
                return;
            }

            // The older owner may have written while we read; what is still missing now was lost.
            var missing = await ring.Read(from + found).ConfigureAwait(false)
                ?? throw RecordChecksum.Damaged(records.Actor, head.SlotName(from + found));
            await Add(records, head, ring, chain, missing).ConfigureAwait(false);
        }
    }

    private static async Task Add(JournalRecords records, JournalHead head, JournalRing ring, List<JournalSlot> chain, JournalSlot slot)
    {
        // Slots are read several at once: the one before may have been written again after we read it and before this one.
        if (chain.Count > 0 && chain[^1].Bytes.Length < head.FillBytes)
        {
            var before = await ring.Read(slot.Sequence - 1).ConfigureAwait(false);
            chain[^1] = before?.Bytes.Length >= head.FillBytes ? before : throw RecordChecksum.Damaged(records.Actor, head.SlotName(slot.Sequence - 1));
        }

        chain.Add(slot);
    }
}
