using System.Buffers;
using System.Buffers.Binary;

namespace Bandstand.Grains.Journal;

/// <summary>Something a journal still has to write, and those who wait for it.</summary>
internal abstract class JournalWork
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => done.Task;

    public void Complete() => done.TrySetResult();

    public void Fail(Exception why)
    {
        if (done.TrySetException(why))
        {
            // Not every caller waits; nobody's finalizer shall complain.
            _ = done.Task.Exception;
        }
    }
}

/// <summary>Entries that become durable together.</summary>
internal sealed class EntryGroup : JournalWork
{
    /// <summary>A group takes no further entry from here on: the next write should not wait for ever.</summary>
    public const int FullBytes = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> buffer = new(256);

    public ReadOnlyMemory<byte> Bytes => buffer.WrittenMemory;

    public bool IsFull => buffer.WrittenCount >= FullBytes;

    public void Add(ReadOnlySpan<byte> entry)
    {
        var target = buffer.GetSpan(GroupReplay.EntryHeaderBytes + entry.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target, entry.Length);
        entry.CopyTo(target[GroupReplay.EntryHeaderBytes..]);
        buffer.Advance(GroupReplay.EntryHeaderBytes + entry.Length);
    }
}

/// <summary>A snapshot of everything enqueued before it.</summary>
internal sealed class SnapshotWork(IReadOnlyList<ReadOnlyMemory<byte>> parts) : JournalWork
{
    public IReadOnlyList<ReadOnlyMemory<byte>> Parts => parts;

    /// <summary>Groups the ring had no room for: the snapshot holds what they say, so they are durable with it.</summary>
    public List<EntryGroup> Covered { get; } = [];
}
