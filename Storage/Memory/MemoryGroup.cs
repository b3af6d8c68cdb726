using Bandstand.Ports;

namespace Bandstand.Storage.Memory;

/// <summary>One entry, or the parts of a snapshot that replaces all entries before it.</summary>
internal readonly record struct MemoryChange(byte[]? Entry, IReadOnlyList<ReadOnlyMemory<byte>>? Parts);

/// <summary>What becomes durable together.</summary>
internal sealed class MemoryGroup
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<(MemoryJournal Journal, MemoryChange Change)> Changes { get; } = [];

    public Task Task => done.Task;

    public void Complete() => done.SetResult();

    public void Fail(JournalUnavailableException failure)
    {
        done.SetException(failure);
        _ = done.Task.Exception; // Nobody has to await a group.
    }
}
