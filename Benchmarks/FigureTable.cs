using System.Globalization;

namespace Bandstand.Benchmarks;

/// <summary>Measures and prints one line a question, and counts the goals that were missed.</summary>
/// <remarks>
/// A figure is the best of many short windows of processor time, which finds the moments in which nobody else disturbs; what it allocates is
/// counted beside it. Times depend on the machine; trust the ratios to the floors, which are measured in the same run.
/// </remarks>
internal sealed class FigureTable(string[] only)
{
    private readonly Dictionary<string, double> figures = [];

    /// <summary>How many goals were missed.</summary>
    public int Missed { get; private set; }

    /// <summary>Prints the heads of the columns.</summary>
    public static void PrintHead() =>
        Console.WriteLine($"{"what",-58} {"ns",9} {"goal",7} {"bytes",7}  against");

    /// <summary>The best of many windows on this thread.</summary>
    /// <param name="operations">How many operations one window has.</param>
    /// <param name="windows">How many windows.</param>
    /// <param name="run">Runs one window, by number; answers anything that depends on the work.</param>
    /// <param name="prepare">Brings what the window is given into the caches, as fresh input would be.</param>
    /// <param name="rounds">How often all windows are run; the compiler has its best code ready after a second or so.</param>
    public static (double Ns, double Bytes) Best(int operations, int windows, Func<int, long> run, Func<int, long>? prepare = null, int rounds = 1)
    {
        var (ns, bytes) = (double.MaxValue, double.MaxValue);
        for (var number = 0; number < rounds * windows; number++)
        {
            var window = number % windows;
            Sink += prepare?.Invoke(window) ?? 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var from = ThreadClock.Nanoseconds();
            Sink += run(window);
            ns = Math.Min(ns, (double)(ThreadClock.Nanoseconds() - from) / operations);
            bytes = Math.Min(bytes, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / operations);
        }

        return (ns, bytes);
    }

    /// <summary>Measures unless other figures were asked for, and prints.</summary>
    /// <param name="what">The question.</param>
    /// <param name="goal">The most nanoseconds it may take; null: it is there for comparison.</param>
    /// <param name="measure">Answers nanoseconds and bytes an operation.</param>
    /// <param name="against">The question whose answer is the floor or the rival.</param>
    public void Measure(string what, double? goal, Func<(double Ns, double Bytes)> measure, string? against = null)
    {
        if (IsAsked(what))
        {
            Print(what, goal, measure(), against);
        }
    }

    /// <summary>True when this figure was asked for.</summary>
    public bool IsAsked(string what) => only.Length == 0 || only.Any(part => what.Contains(part, StringComparison.OrdinalIgnoreCase));

    /// <summary>Prints a figure that was measured elsewhere.</summary>
    public void Print(string what, double? goal, (double Ns, double Bytes) figure, string? against = null)
    {
        figures[what] = figure.Ns;
        var missed = figure.Ns > goal;
        Missed += missed ? 1 : 0;
        var ratio = against is not null && figures.TryGetValue(against, out var other)
            ? string.Create(CultureInfo.InvariantCulture, $"{figure.Ns / other:0.00} × {against}")
            : string.Empty;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-58} {figure.Ns,9:#,0.0} {goal,7:0} {figure.Bytes,7:0.0}  {ratio}{(missed ? " MISSED" : "")}"));
    }

    private static long Sink { get; set; }
}
