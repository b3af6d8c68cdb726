using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Bandstand.Benchmarks;

/// <summary>
/// The processor time of the calling thread or of the whole process, so that figures hold on a machine that others use too. Elsewhere than on
/// Linux: the time on the wall for a thread.
/// </summary>
internal static partial class ThreadClock
{
    private const int ProcessCpuTime = 2;
    private const int ThreadCpuTime = 3;

    /// <summary>Of the calling thread.</summary>
    public static long Nanoseconds()
    {
        if (OperatingSystem.IsLinux() && GetTime(ThreadCpuTime, out var time) == 0)
        {
            return (time.Seconds * 1_000_000_000L) + time.Nanoseconds;
        }

        return (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
    }

    /// <summary>Of all threads of this process.</summary>
    public static long ProcessNanoseconds()
    {
        if (OperatingSystem.IsLinux() && GetTime(ProcessCpuTime, out var time) == 0)
        {
            return (time.Seconds * 1_000_000_000L) + time.Nanoseconds;
        }

        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.Ticks * 100;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
