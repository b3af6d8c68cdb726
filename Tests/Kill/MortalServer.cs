using System.Diagnostics;
using System.Globalization;

namespace Bandstand.Tests.Kill;

/// <summary>A single server.</summary>
/// <param name="assembly">Bandstand.Server.dll.</param>
/// <param name="folder">The data folder.</param>
/// <param name="cancellationToken">Gives up.</param>
internal sealed class MortalServer(string assembly, string folder, CancellationToken cancellationToken) : MortalHost(cancellationToken)
{
    private readonly Lock changing = new();
    private TaskCompletionSource<ServerProcess> life = NewLife();

    /// <summary>Starts the server; those who wait for one go on.</summary>
    public override async Task<ServerProcess> Start()
    {
        var process = await ServerProcess.Start(assembly, folder, CancellationToken);
        lock (changing)
        {
            life.SetResult(process);
        }

        return process;
    }

    /// <summary>Kills the server.</summary>
    public override async Task Kill()
    {
        ServerProcess dying;
        lock (changing)
        {
            dying = life.Task.Result;
            life = NewLife();
        }

        await dying.Kill();
        dying.Dispose();
    }

    public override async Task<string> Revive()
    {
        var watch = Stopwatch.StartNew();
        await Start();
        return string.Create(CultureInfo.InvariantCulture, $"up again after {watch.ElapsedMilliseconds:N0} ms");
    }

    public override async Task StartAfresh()
    {
        await Kill();
        await Start();
    }

    public override void Dispose()
    {
        if (life.Task.IsCompletedSuccessfully)
        {
            life.Task.Result.Dispose();
        }
    }

    protected override Task<ServerProcess> Somebody()
    {
        lock (changing)
        {
            return life.Task.WaitAsync(CancellationToken);
        }
    }

    private static TaskCompletionSource<ServerProcess> NewLife() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
