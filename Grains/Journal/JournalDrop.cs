namespace Bandstand.Grains.Journal;

/// <summary>
/// Deletes what nobody may own any more. What was deleted is no fence, because an owner that does not know could create it
/// again; so the head stays as a tombstone, and the one slot that the last owner could have written next.
/// </summary>
internal static class JournalDrop
{
    public static async Task Drop(JournalRecords records, JournalOptions options, CancellationToken cancellationToken)
    {
        var (head, etag, before) = await Entomb(records, options, cancellationToken).ConfigureAwait(false);
        if (head.Swept)
        {
            return;
        }

        var ring = new JournalRing(records, head);
        var fence = (await JournalClaim.Fence(records, head, ring, cancellationToken).ConfigureAwait(false))[^1];

        // From here on a repetition begins at the fence, whatever of the chain is gone by then.
        head = head with
        {
            FirstSequence = fence.Sequence,
            CoveredChunks = fence.Chunks,
            Snapshot = null,
            Garbage = [.. head.Garbage, .. Snapshots(head, before)],
        };
        etag = await records.Write(JournalHead.Name, head.ToBytes(records.Actor), etag).ConfigureAwait(false);
        foreach (var garbage in head.Garbage)
        {
            await SnapshotRecords.Clear(records, garbage.Id, cancellationToken).ConfigureAwait(false);
        }

        // Places that the ring never reached hold nothing.
        for (var sequence = Math.Max(0, fence.Sequence - head.RingSlots + 1); sequence < fence.Sequence; sequence++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = head.SlotName(sequence);
            var record = await records.Read(name).ConfigureAwait(false);
            if (record.Bytes is not null)
            {
                await records.Clear(name, record).ConfigureAwait(false);
            }
        }

        head = head with { Swept = true, Garbage = [] };
        await records.Write(JournalHead.Name, head.ToBytes(records.Actor), etag).ConfigureAwait(false);
    }

    // The snapshot that counts, and the one that the last owner may have been writing.
    private static SnapshotReference[] Snapshots(JournalHead head, long before)
    {
        var unfinished = new SnapshotReference(new SnapshotId(before, (head.Snapshot?.Id.Number ?? 0) + 1), 0, 0);
        return head.Snapshot is { } present ? [present, unfinished] : [unfinished];
    }

    private static async Task<(JournalHead Head, string? ETag, long Before)> Entomb(JournalRecords records, JournalOptions options, CancellationToken cancellationToken)
    {
        var stored = await records.Read(JournalHead.Name).ConfigureAwait(false);
        if (stored.Bytes is not null && JournalHead.Read(records.Actor, stored.Bytes) is { Dropped: true } tombstone)
        {
            return (tombstone, stored.ETag, tombstone.Claim - 1);
        }

        return await JournalClaim.ClaimHead(records, JournalClaim.Fresh(options), claim => claim with { Dropped = true }, cancellationToken).ConfigureAwait(false);
    }
}
