using System.Globalization;
using Bandstand.Timesteps;
using Spectre.Console;

namespace Bandstand.Cli.Replay;

/// <summary>Tells the person at the terminal how a replay goes: a progress bar where that can be drawn, plain lines otherwise.</summary>
internal abstract class ReplayReport
{
    private int warnings;

    /// <summary>Runs a replay under a report that suits the terminal.</summary>
    public static async Task RunAsync(Terminal terminal, Func<ReplayReport, Task> replay)
    {
        if (terminal.Live is null)
        {
            await replay(new Lines(terminal)).ConfigureAwait(false);
            return;
        }

        Live? live = null;
        await terminal.Live.Progress().AutoClear(true).StartAsync(context =>
        {
            live = new Live(terminal, context.AddTask("replay"));
            return replay(live);
        }).ConfigureAwait(false);
        live!.Summarise();
    }

    /// <summary>A replay begins.</summary>
    /// <param name="next">The first timestep to be done.</param>
    /// <param name="last">The last one; null when files are still to come.</param>
    public abstract void Begin(int next, int? last);

    /// <summary>A timestep was closed.</summary>
    public abstract void Closed(TimestepResult result);

    /// <summary>A file is waited for.</summary>
    public abstract void Wait(string file);

    /// <summary>All is done.</summary>
    public abstract void End(ReplayState state, long bytes, TimeSpan duration);

    /// <summary>Something is doubtful.</summary>
    public void Warn(string text)
    {
        warnings++;
        Show(text);
    }

    protected abstract void Show(string warning);

    protected string Summary(ReplayState state, long bytes, TimeSpan duration)
    {
        var megabytes = bytes / 1e6;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{state.Next:N0} timesteps closed, {state.Switches:N0} switches, winner {state.Winner}, {warnings:N0} warnings; "
            + $"read {megabytes:N1} MB in {duration.TotalSeconds:N2} s ({megabytes / Math.Max(duration.TotalSeconds, 1e-3):N0} MB/s).");
    }

    private sealed class Lines(Terminal terminal) : ReplayReport
    {
        public override void Begin(int next, int? last)
        {
            if (next > last)
            {
                terminal.Output.WriteLine("Nothing to do: all timesteps that have files are closed.");
            }
            else if (next > 0)
            {
                terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Going on with timestep {next}."));
            }
        }

        public override void Closed(TimestepResult result) => terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"timestep {result.Timestep}: {result.Status.Name()}, {result.Rows} rows, p {(result.PValue is { } p ? p.ToString("G4", CultureInfo.InvariantCulture) : "-")}, "
            + $"winner {result.Winner}{(result.Changed ? " (new)" : "")}"));

        public override void Wait(string file) => terminal.Output.WriteLine($"Waiting for {file} (Ctrl-C stops).");

        public override void End(ReplayState state, long bytes, TimeSpan duration) =>
            terminal.Output.WriteLine(Summary(state, bytes, duration));

        protected override void Show(string warning) => terminal.Warn(warning);
    }

    private sealed class Live(Terminal terminal, ProgressTask bar) : ReplayReport
    {
        private readonly IAnsiConsole console = terminal.Live!;
        private string? summary;

        public override void Begin(int next, int? last)
        {
            bar.IsIndeterminate = last is null;
            bar.MaxValue = (last ?? 0) + 1;
            bar.Value = next;
        }

        public override void Closed(TimestepResult result)
        {
            bar.Description = string.Create(CultureInfo.InvariantCulture, $"timestep {result.Timestep}, winner {result.Winner}");
            bar.Increment(1);
        }

        public override void Wait(string file) => bar.Description = Markup.Escape($"waiting for {file}");

        public override void End(ReplayState state, long bytes, TimeSpan duration) => summary = Summary(state, bytes, duration);

        // The bar is gone by then, and what is written stays.
        public void Summarise() => console.WriteLine(summary ?? "");

        protected override void Show(string warning) => console.MarkupLineInterpolated($"[yellow]warning:[/] {warning}");
    }
}
