using System.Diagnostics;
using System.Globalization;
using Bandstand.Timesteps;

namespace Bandstand.Cli.Replay;

/// <summary>
/// Feeds files to the timestep procedure: each timestep comes from the strategy of the winner so far, is tested, and decides the next winner.
/// </summary>
internal sealed class Replayer
{
    private const int ShownRejections = 3;
    private static readonly string[] Keys = ["0", "1"];

    private readonly ReplayOptions options;
    private readonly ReplayReport report;
    private readonly FileArrival arrival;
    private readonly TimestepFiles files;
    private readonly ObservationFile reader;

    /// <summary>Prepares a run.</summary>
    /// <param name="options">What was asked.</param>
    /// <param name="report">Who is told.</param>
    /// <param name="clock">The time by which files are waited for.</param>
    public Replayer(ReplayOptions options, ReplayReport report, TimeProvider clock)
    {
        (this.options, this.report) = (options, report);
        files = new TimestepFiles(options.Data);
        arrival = new FileArrival(files, clock);
        reader = new ObservationFile(new AlternativeKeys(Keys), options.ChunkSize, options.Workers, singlePrecision: options.Policy is ClassicTimestepPolicy);
    }

    /// <summary>Replays until there are no more files, the last timestep asked for is done, or the token stops it.</summary>
    /// <exception cref="CommandException">Input or folders are refused.</exception>
    /// <exception cref="OperationCanceledException">Stopped; everything up to the last closed timestep is written.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        files.Check(options.Follow);
        if (Directory.Exists(Path.Combine(options.Data, $"strategy_{Keys.Length}")))
        {
            report.Warn($"strategy_{Keys.Length} is not read: a replay decides between strategy_0 and strategy_1");
        }

        using var tables = ReplayTables.Open(options, Keys[0]);
        var last = options.Follow ? options.MaxTimestep ?? int.MaxValue - 1 : Last();
        var started = Stopwatch.StartNew();
        long bytes = 0;
        report.Begin(tables.State.Next, options.Follow ? null : last);
        try
        {
            while (tables.State.Next <= last)
            {
                if (options.Follow)
                {
                    await WaitAsync(tables.State, cancellationToken).ConfigureAwait(false);
                }

                bytes += Step(tables, cancellationToken);
            }
        }
        catch
        {
            tables.Abandon();
            throw;
        }

        report.End(tables.State, bytes, started.Elapsed);
    }

    // Timesteps whose files may still come are not closed as missing: going on later would not be possible.
    private int Last()
    {
        var last = files.Last();
        if (options.MaxTimestep > last)
        {
            report.Warn(Invariant($"timestep {last} is the last one that has a file; --max-timestep {options.MaxTimestep} can be reached by running again when more are there"));
        }

        return Math.Min(last, options.MaxTimestep ?? last);
    }

    private async Task WaitAsync(ReplayState state, CancellationToken cancellationToken)
    {
        var strategy = Array.IndexOf(Keys, state.Winner);
        if (!arrival.IsReady(strategy, state.Next))
        {
            report.Wait(TimestepFiles.Name(strategy, state.Next));
            await arrival.WaitAsync(strategy, state.Next, cancellationToken).ConfigureAwait(false);
        }
    }

    private long Step(ReplayTables tables, CancellationToken cancellationToken)
    {
        var state = tables.State;
        var strategy = Array.IndexOf(Keys, state.Winner);
        var content = reader.Fold(files.Path(strategy, state.Next), state.Next, tables.Raw, cancellationToken);
        var result = options.Policy.Decide(state.Next, state.Winner, content?.Observations, state.Closed, Keys);
        tables.Close(
            Invariant($"{result.Timestep},{result.Winner}\n"),
            StatsRow.Format(result, state.Winner),
            state.After(result));
        Warn(result, TimestepFiles.Name(strategy, state.Next), content?.Rejected ?? []);
        report.Closed(result);
        return content?.Bytes ?? 0;
    }

    private void Warn(TimestepResult result, string file, IReadOnlyList<RejectedRow> rejected)
    {
        if (result.Status != TimestepStatus.Ok)
        {
            report.Warn(Invariant($"timestep {result.Timestep}: {result.Status.Name()}: {result.Detail} ({file})"));
        }

        if (result.Rejected > 0)
        {
            var shown = rejected.Take(ShownRejections).Select(x => Invariant($"{file} line {x.Line}: {x.Detail}"));
            var more = result.Rejected > ShownRejections ? Invariant($"; and {result.Rejected - ShownRejections:N0} more") : "";
            report.Warn(Invariant($"timestep {result.Timestep}: {result.Rejected:N0} of {result.Rows:N0} rows rejected: {string.Join("; ", shown)}{more}"));
        }

        if (result.NullTargets > 0)
        {
            report.Warn(Invariant($"timestep {result.Timestep}: {result.NullTargets:N0} of {result.Rows:N0} rows have no target and are left out ({file})"));
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
