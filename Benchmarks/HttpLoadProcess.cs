using System.Diagnostics;
using System.Globalization;

namespace Bandstand.Benchmarks;

/// <summary>The sender's process, as its parent sees it: one line asks, one line answers.</summary>
internal sealed class HttpLoadProcess : IDisposable
{
    private readonly Process process;

    private HttpLoadProcess(Process process) => this.process = process;

    public static HttpLoadProcess Start(int port, int connections)
    {
        var self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
        {
            start.ArgumentList.Add(typeof(HttpLoadProcess).Assembly.Location);
        }

        foreach (var argument in new[] { "http", "--client", port.ToString(CultureInfo.InvariantCulture), connections.ToString(CultureInfo.InvariantCulture) })
        {
            start.ArgumentList.Add(argument);
        }

        return new HttpLoadProcess(Process.Start(start)!);
    }

    public async Task<string> Ask(string question)
    {
        await process.StandardInput.WriteLineAsync(question);
        await process.StandardInput.FlushAsync();
        return await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"The sender ended at «{question}».");
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
