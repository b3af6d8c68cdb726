using System.Diagnostics;
using System.Text;

namespace Bandstand.Tests.Kill;

/// <summary>A server in a process of its own, on a free port of loopback, over a data folder.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder errors = new();

    private ServerProcess(string assembly, string folder)
    {
        process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [assembly, "--urls", "http://127.0.0.1:0", "--data", folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                errors.AppendLine(line.Data);
            }
        };
    }

    /// <summary>Sends to this process and no other.</summary>
    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(100) };

    /// <summary>True from the moment before it is killed: only then may a connection break.</summary>
    public bool IsKilled { get; private set; }

    /// <summary>What became of the process, for a failure's message.</summary>
    public string State
    {
        get
        {
            lock (errors)
            {
                return $"The server {(process.HasExited ? $"ended with code {process.ExitCode}" : "is running")}; it wrote to standard error: \"{errors.ToString().Trim()}\".";
            }
        }
    }

    /// <summary>Processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>The most memory it has had resident so far, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts one and waits until it says where it listens.</summary>
    /// <param name="assembly">Bandstand.Server.dll or Bandstand.Silo.dll.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async Task<ServerProcess> Start(string assembly, string folder, CancellationToken cancellationToken)
    {
        var server = new ServerProcess(assembly, folder);
        try
        {
            server.process.Start();
            server.process.BeginErrorReadLine();
            server.Client.BaseAddress = await server.ReadAddress(cancellationToken);
            _ = server.ReadOn();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task Kill()
    {
        IsKilled = true;
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        if (!IsKilled && !process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        Client.Dispose();
        process.Dispose();
    }

    /// <summary>A log that nobody reads would stop the server once the pipe is full.</summary>
    private async Task ReadOn()
    {
        try
        {
            while (await process.StandardOutput.ReadLineAsync() is not null)
            {
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was killed.
        }
    }

    /// <summary>Reads "Bandstand listens on URL and keeps …".</summary>
    private async Task<Uri> ReadAddress(CancellationToken cancellationToken)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            var address = !line.StartsWith("Bandstand listens", StringComparison.Ordinal) ? null : line.Split(' ').FirstOrDefault(word => word.StartsWith("http://", StringComparison.Ordinal));
            if (address is not null)
            {
                return new Uri(address);
            }
        }

        await process.WaitForExitAsync(cancellationToken);
        throw new InvalidOperationException($"The server never said where it listens. {State}");
    }
}
