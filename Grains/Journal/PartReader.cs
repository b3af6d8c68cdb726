using System.Buffers.Binary;
using Bandstand.Ports;

namespace Bandstand.Grains.Journal;

/// <summary>Puts a snapshot's parts together again from the stream that <see cref="SnapshotRecords"/> cut up.</summary>
internal sealed class PartReader(IJournalReplay replay)
{
    private readonly byte[] number = new byte[sizeof(int)];
    private int numberBytes;
    private int partsLeft = -1;
    private byte[]? part;
    private int partBytes;

    /// <summary>True when every part was fed.</summary>
    public bool IsComplete => partsLeft == 0;

    public void Feed(ReadOnlySpan<byte> stream)
    {
        while (stream.Length > 0)
        {
            stream = stream[(part is null ? FeedNumber(stream) : FeedPart(stream))..];
        }
    }

    private int FeedNumber(ReadOnlySpan<byte> stream)
    {
        var taken = Math.Min(number.Length - numberBytes, stream.Length);
        stream[..taken].CopyTo(number.AsSpan(numberBytes));
        numberBytes += taken;
        if (numberBytes == number.Length)
        {
            numberBytes = 0;
            var value = BinaryPrimitives.ReadInt32LittleEndian(number);
            if (partsLeft < 0)
            {
                partsLeft = value;
            }
            else
            {
                (part, partBytes) = (new byte[value], 0);
                FinishPart();
            }
        }

        return taken;
    }

    private int FeedPart(ReadOnlySpan<byte> stream)
    {
        var taken = Math.Min(part!.Length - partBytes, stream.Length);
        stream[..taken].CopyTo(part.AsSpan(partBytes));
        partBytes += taken;
        FinishPart();
        return taken;
    }

    private void FinishPart()
    {
        if (partBytes == part!.Length)
        {
            replay.SnapshotPart(part);
            part = null;
            partsLeft--;
        }
    }
}
