using Bandstand.Ports;

namespace Bandstand.Grains.Journal;

/// <summary>The way of groups and snapshots into the store.</summary>
internal sealed partial class JournalSession
{
    private string? headETag = claimed.HeadETag;
    private long snapshotNumber = claimed.Head.Snapshot?.Id.Number ?? 0;

    /// <summary>Deletes what earlier owners left behind; what the store refuses now is left to the next owner.</summary>
    public void Sweep()
        => snapshot = SweepGarbage(claimed.Before == 0 ? [] : [new SnapshotId(claimed.Before, snapshotNumber + 1)]);

    private async Task WriteAll()
    {
        while (Next() is { } work)
        {
            try
            {
                switch (work)
                {
                    case EntryGroup group when await MakeRoom(group).ConfigureAwait(false):
                        await Write(group).ConfigureAwait(false);
                        break;
                    case SnapshotWork next:
                        await snapshot.ConfigureAwait(false);
                        var (sequence, chunks) = (last.Sequence, last.Chunks);
                        lock (gate)
                        {
                            snapshot = Write(next, sequence, chunks);
                        }

                        break;
                }
            }
#pragma warning disable CA1031 // Whatever went wrong: those who wait must learn it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Fail(Unavailable(e));
                work.Fail(failure!);
            }
        }
    }

    private JournalWork? Next()
    {
        lock (gate)
        {
            if (queue.First is not { } first)
            {
                writing = false;
                return null;
            }

            queue.RemoveFirst();
            return first.Value;
        }
    }

    private async Task Write(EntryGroup group)
    {
        var rest = group.Bytes;
        for (var ends = ChunkEnds.First; rest.Length > 0; ends = ChunkEnds.Middle)
        {
            var slot = last.Bytes.Length < head.FillBytes
                ? last
                : JournalSlot.Empty(records.Actor, head.SlotName(last.Sequence + 1), last.Sequence + 1, Claim);
            var taken = Math.Min(rest.Length, head.SlotBytes - slot.Bytes.Length - JournalSlot.ChunkHeaderBytes);
            var written = slot.With(Claim, rest.Span[..taken], taken == rest.Length ? ends | ChunkEnds.Last : ends);
            await claimed.Ring.Write(written).ConfigureAwait(false);
            last = written;
            rest = rest[taken..];
        }

        group.Complete();
    }

    /// <summary>Waits for room in the ring; false when a snapshot took the group with it.</summary>
    private async Task<bool> MakeRoom(EntryGroup group)
    {
        while (!HasRoom(group.Bytes.Length))
        {
            lock (gate)
            {
                if (failure is not null)
                {
                    throw failure;
                }

                if (snapshot.IsCompleted)
                {
                    var covering = queue.OfType<SnapshotWork>().FirstOrDefault() ?? throw new JournalUnavailableException(
                        "journal-full", $"The ring of {records.Actor} is full and no snapshot was taken in time.");
                    covering.Covered.Add(group);
                    for (; queue.First!.Value is EntryGroup next; queue.RemoveFirst())
                    {
                        covering.Covered.Add(next);
                    }

                    return false;
                }
            }

            await snapshot.ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>True when the group leaves the ring's last slot free, which is for claims.</summary>
    private bool HasRoom(int bytes)
    {
        var sequence = last.Sequence;
        var used = last.Bytes.Length;
        if (used >= head.FillBytes)
        {
            (sequence, used) = (sequence + 1, JournalSlot.HeaderBytes);
        }

        for (var room = head.SlotBytes - used - JournalSlot.ChunkHeaderBytes; bytes > room; room = head.SlotBytes - JournalSlot.HeaderBytes - JournalSlot.ChunkHeaderBytes)
        {
            bytes -= room;
            sequence++;
        }

        return sequence <= head.FirstSequence + head.RingSlots - 2;
    }

    private async Task Write(SnapshotWork work, long sequence, int chunks)
    {
        try
        {
            var id = new SnapshotId(Claim, ++snapshotNumber);
            var reference = await SnapshotRecords.Write(records, id, work.Parts, options.SnapshotRecordBytes, stopped.Token).ConfigureAwait(false);
            var next = head with
            {
                FirstSequence = sequence,
                CoveredChunks = chunks,
                Snapshot = reference,
                Garbage = head.Snapshot is { } replaced ? [.. head.Garbage, replaced] : head.Garbage,
            };
            headETag = await records.Write(JournalHead.Name, next.ToBytes(records.Actor), headETag).ConfigureAwait(false);
            lock (gate)
            {
                head = next;
            }

            work.Complete();
            work.Covered.ForEach(group => group.Complete());
        }
#pragma warning disable CA1031 // Whatever went wrong: those who wait must learn it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(Unavailable(e));
            work.Fail(failure!);
            work.Covered.ForEach(group => group.Fail(failure!));
            return;
        }

        await SweepGarbage([]).ConfigureAwait(false);
    }

    private async Task SweepGarbage(SnapshotId[] orphans)
    {
        try
        {
            foreach (var id in orphans.Concat(head.Garbage.Select(snapshot => snapshot.Id)))
            {
                await SnapshotRecords.Clear(records, id, stopped.Token).ConfigureAwait(false);
            }

            lock (gate)
            {
                head = head with { Garbage = [] };
            }
        }
        catch (Exception e) when (e is JournalUnavailableException or OperationCanceledException)
        {
            // They cost space, nothing else. The head still names them.
        }
    }

    private JournalUnavailableException Unavailable(Exception e)
        => e as JournalUnavailableException
            ?? new JournalUnavailableException("storage-unavailable", $"The journal of {records.Actor} cannot be written: {e.Message}", e);
}
