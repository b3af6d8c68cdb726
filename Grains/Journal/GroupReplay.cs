using System.Buffers.Binary;
using System.Buffers;
using Bandstand.Ports;

namespace Bandstand.Grains.Journal;

/// <summary>
/// Entries of one group, one after another, each behind its length; and the way back from slots to entries. A group
/// without its last chunk was never acknowledged and is left out.
/// </summary>
internal static class GroupReplay
{
    public const int EntryHeaderBytes = 4;

    /// <summary>Replays the groups of the chain; answers the bytes of their entries.</summary>
    public static long Replay(ActorKey actor, JournalHead head, IReadOnlyList<JournalSlot> chain, IJournalReplay replay)
    {
        var bytes = 0L;
        var begun = new ArrayBufferWriter<byte>();
        foreach (var slot in chain)
        {
            var covered = slot.Sequence == head.FirstSequence ? head.CoveredChunks : 0;
            var chunks = slot.Read();
            for (var i = 0; chunks.Next(); i++)
            {
                if (i < covered)
                {
                    continue;
                }

                if (chunks.Ends.HasFlag(ChunkEnds.First))
                {
                    begun.ResetWrittenCount();
                }
                else if (begun.WrittenCount == 0)
                {
                    throw RecordChecksum.Damaged(actor, head.SlotName(slot.Sequence));
                }

                if (chunks.Ends == ChunkEnds.Whole)
                {
                    bytes += Entries(chunks.Current, replay);
                    continue;
                }

                begun.Write(chunks.Current);
                if (chunks.Ends.HasFlag(ChunkEnds.Last))
                {
                    bytes += Entries(begun.WrittenSpan, replay);
                    begun.ResetWrittenCount();
                }
            }
        }

        return bytes;
    }

    private static long Entries(ReadOnlySpan<byte> group, IJournalReplay replay)
    {
        var bytes = 0L;
        while (group.Length > 0)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(group);
            replay.Entry(group.Slice(EntryHeaderBytes, length));
            bytes += length;
            group = group[(EntryHeaderBytes + length)..];
        }

        return bytes;
    }
}
