using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Bandstand.Cli;
using Microsoft.Win32.SafeHandles;

namespace Bandstand.Benchmarks;

/// <summary>
/// How fast are files replayed? Beside it, in the same run and over the same files, the floor: reading the bytes and counting the line feeds.
/// The replay is the command itself in a process of its own, start and all, so that its memory can be told.
/// </summary>
/// <remarks>
/// <c>replay [--rows N] [--runs N] [--data DIR] [--raw]</c>: N rows per timestep (default 20 000; 200 000 make the 24.2 million rows of the issue) are generated
/// in a temporary folder unless DIR holds data already.
/// </remarks>
internal static class ReplayBenchmark
{
    public static int Run(string[] arguments)
    {
        var rows = Argument(arguments, "--rows") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 20_000;
        var runs = Argument(arguments, "--runs") is { } times ? int.Parse(times, CultureInfo.InvariantCulture) : 3;
        var folder = Directory.CreateTempSubdirectory("bandstand-replay-");
        try
        {
            var data = Argument(arguments, "--data") ?? Generate(Path.Combine(folder.FullName, "data"), rows);
            Measure(data, Path.Combine(folder.FullName, "out"), runs, arguments.Contains("--raw"));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Generate(string folder, int rows)
    {
        var line = $"generate --scenario drift --out {folder} --rows-per-timestep {rows.ToString(CultureInfo.InvariantCulture)}";
        var code = CommandLine.RunAsync(line.Split(' '), new Terminal(Console.Out, Console.Error)).GetAwaiter().GetResult();
        return code == 0 ? folder : throw new InvalidOperationException("generate failed");
    }

    private static void Measure(string data, string tables, int runs, bool raw)
    {
        Replay(data, tables, raw);
        var files = Fed(data, tables);
        var megabytes = files.Sum(x => new FileInfo(x).Length) / 1e6;
        var lines = CountLines(files);
        Say($"{files.Count} files, {megabytes:N1} MB, {lines - files.Count:N0} rows, {Environment.ProcessorCount} cores");
        for (var run = 1; run <= runs; run++)
        {
            var floor = Time(() => CountLines(files));
            var before = Children().Processor;
            var replay = Time(() => Replay(data, tables, raw));
            Say($"run {run}: floor {megabytes / floor:N0} MB/s, replay {megabytes / replay:N0} MB/s ({replay:N2} s, {replay / floor:N1} times the floor), {Children().Processor - before:N2} s of processor");
        }

        Say($"peak memory of replay: {Children().Peak / 1e6:N0} MB");
    }

    private static void Replay(string data, string tables, bool raw)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Bandstand.Cli.dll"), "replay", "--data", data, "--out", tables, "--fresh", .. raw ? ["--raw"] : Array.Empty<string>(),
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"replay answered {process.ExitCode}");
        }
    }

    // The files that were read: timestep t of the strategy that had won before it.
    private static List<string> Fed(string data, string tables)
    {
        var winners = File.ReadLines(Path.Combine(tables, "winner_data.csv")).Skip(1).Select(x => x.Split(',')[1]).ToArray();
        return [.. winners[..^1].Select((winner, t) => Path.Combine(data, $"strategy_{winner}", $"timestep_{t}.csv")).Where(File.Exists)];
    }

    private static long CountLines(List<string> files)
    {
        long lines = 0;
        Parallel.ForEach(files, () => new byte[1 << 20], (path, _, buffer) =>
        {
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            Interlocked.Add(ref lines, CountLines(file, buffer));
            return buffer;
        }, _ => { });
        return lines;
    }

    private static long CountLines(SafeFileHandle file, byte[] buffer)
    {
        long lines = 0;
        long position = 0;
        int read;
        while ((read = RandomAccess.Read(file, buffer, position)) > 0)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            position += read;
        }

        return lines;
    }

    private static double Time(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static string? Argument(string[] arguments, string name)
    {
        var index = Array.IndexOf(arguments, name);
        return index < 0 || index + 1 == arguments.Length ? null : arguments[index + 1];
    }

    // Time of the processor in seconds, and the largest memory in bytes, of all processes that were started and have ended. struct rusage of Linux: user
    // and system time, each in seconds and microseconds, then the peak resident size in kB.
    private static (double Processor, double Peak) Children()
    {
        const int Children = -1;
        var usage = new long[18];
        return OperatingSystem.IsLinux() && Usage(Children, usage) == 0
            ? (usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6), usage[4] * 1024.0)
            : (double.NaN, double.NaN);
    }

    [DllImport("libc", EntryPoint = "getrusage")]
    private static extern int Usage(int who, [Out] long[] usage);
}
