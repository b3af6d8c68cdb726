namespace Bandstand.Tests.Storage;

/// <summary>Stands before a store's disk: holds commits back, counts them, and fails one on request.</summary>
internal sealed class Gate
{
    private readonly Lock gate = new();
    private readonly List<(int Count, TaskCompletionSource Task)> watchers = [];
    private TaskCompletionSource open = New();
    private int reached;
    private bool failNext;

    /// <summary>How many commits went through or failed.</summary>
    public int Passed { get; private set; }

    public void Open()
    {
        lock (gate)
        {
            open.TrySetResult();
        }
    }

    public void Close()
    {
        lock (gate)
        {
            open = New();
        }
    }

    public void FailNext()
    {
        lock (gate)
        {
            failNext = true;
        }
    }

    /// <summary>Waits until so many commits have begun.</summary>
    public Task Reached(int count)
    {
        lock (gate)
        {
            var task = New();
            watchers.Add((count, task));
            Notify();
            return task.Task;
        }
    }

    /// <summary>What the store calls before each commit.</summary>
    public async Task Pass()
    {
        Task wait;
        lock (gate)
        {
            reached++;
            Notify();
            wait = open.Task;
        }

        await wait;
        lock (gate)
        {
            Passed++;
            if (failNext)
            {
                failNext = false;
                throw new IOException("the test's disk fails");
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Notify()
    {
        foreach (var (_, task) in watchers.Where(watcher => watcher.Count <= reached))
        {
            task.TrySetResult();
        }
    }
}
