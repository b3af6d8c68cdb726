using Bandstand.Ports;

namespace Bandstand.Grains.Journal;

/// <summary>
/// The slots of one journal with the ETag each was last seen under, as one owner sees them.
/// </summary>
/// <remarks>
/// <para>Where the next group goes is decided by the last slot alone: below <see cref="JournalHead.FillBytes"/> it is written
/// again, else the next one is written. So who reads the last slot knows the one place its owner can write next, and
/// writing there first shuts that owner out.</para>
/// <para>An ETag read late could be a newer owner's. So a slot's content is looked at with its ETag: only what is older
/// than the slot to come may be overwritten.</para>
/// </remarks>
internal sealed class JournalRing(JournalRecords records, JournalHead head)
{
    private const int ReadAhead = 8;
    private readonly string?[] etags = new string?[head.RingSlots];
    private readonly bool[] known = new bool[head.RingSlots];

    /// <summary>Reads the slot's place; null when it holds nothing or something older.</summary>
    /// <exception cref="JournalUnavailableException"><c>fenced</c>: something newer is there.</exception>
    public async Task<JournalSlot?> Read(long sequence)
    {
        var name = head.SlotName(sequence);
        var record = await records.Read(name).ConfigureAwait(false);
        var slot = record.Bytes is null ? null : JournalSlot.Read(records.Actor, name, record.Bytes);
        if (slot is not null && (slot.Sequence > sequence || slot.Claim > head.Claim))
        {
            throw Fenced(name);
        }

        var index = head.SlotIndex(sequence);
        etags[index] = record.ETag;
        known[index] = true;
        return slot?.Sequence == sequence ? slot : null;
    }

    /// <summary>Writes a slot over what was read from or written to its place before, or over what is older.</summary>
    /// <exception cref="JournalUnavailableException"><c>fenced</c>: somebody else wrote there; otherwise its fate is unknown.</exception>
    public async Task Write(JournalSlot slot)
    {
        var index = head.SlotIndex(slot.Sequence);
        if (!known[index])
        {
            await ReadFrom(slot.Sequence).ConfigureAwait(false);
        }

        etags[index] = await records.Write(head.SlotName(slot.Sequence), slot.Bytes, etags[index]).ConfigureAwait(false);
    }

    /// <summary>Reads places that are about to be written for the first time, several at once.</summary>
    private async Task ReadFrom(long sequence)
    {
        var reads = new List<Task<JournalSlot?>>(ReadAhead);
        for (var next = sequence; next < sequence + ReadAhead && !known[head.SlotIndex(next)]; next++)
        {
            reads.Add(Read(next));
        }

        foreach (var slot in await Task.WhenAll(reads).ConfigureAwait(false))
        {
            if (slot is not null)
            {
                throw Fenced(head.SlotName(slot.Sequence));
            }
        }
    }

    private JournalUnavailableException Fenced(string name)
        => new("fenced", $"A newer owner wrote the record {name} of {records.Actor}.");
}
