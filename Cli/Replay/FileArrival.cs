namespace Bandstand.Cli.Replay;

/// <summary>
/// Waits for files that somebody else writes. A file is ready when it has stopped growing, or when a later timestep has a file; a timestep that
/// has none while a later one has is missing, and ready too.
/// </summary>
/// <remarks>
/// The operating system says when something changes in the folder; since it cannot be relied on to say so everywhere (network drives, many
/// watchers), the folder is looked at from time to time as well.
/// </remarks>
internal sealed class FileArrival(TimestepFiles files, TimeProvider clock)
{
    /// <summary>How often the folder is looked at.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>How long a file must not have grown.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    /// <summary>Whether there is nothing to wait for.</summary>
    public bool IsReady(int strategy, int timestep) =>
        files.Exists(timestep + 1) || files.Last() > timestep || IsSettled(strategy, timestep);

    /// <summary>Waits until a timestep can be read or is known to be missing.</summary>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public async Task WaitAsync(int strategy, int timestep, CancellationToken cancellationToken)
    {
        using var changed = new SemaphoreSlim(0, 1);
        using var watcher = Watch(changed);
        while (!IsReady(strategy, timestep))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var poll = Task.Delay(Poll, clock, either.Token);
            var change = changed.WaitAsync(either.Token);
            await Task.WhenAny(poll, change).ConfigureAwait(false);
            await either.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(poll, change).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsSettled(int strategy, int timestep)
    {
        var file = new FileInfo(files.Path(strategy, timestep));

        // A file from the future comes from a clock that is wrong, and would be waited for until then.
        return file.Exists && (clock.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc).Duration() >= Settle;
    }

    private FileSystemWatcher? Watch(SemaphoreSlim changed)
    {
        try
        {
            var watcher = new FileSystemWatcher(files.Folder) { IncludeSubdirectories = true };
            watcher.Created += Release;
            watcher.Changed += Release;
            watcher.Renamed += Release;
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception error) when (error is IOException or ArgumentException or PlatformNotSupportedException)
        {
            return null;
        }

        void Release(object sender, FileSystemEventArgs change)
        {
            try
            {
                changed.Release();
            }
            catch (Exception error) when (error is SemaphoreFullException or ObjectDisposedException)
            {
                // Somebody is about to look already, or nobody waits any more.
            }
        }
    }
}
