using System.Text;

namespace Bandstand.Cli.Replay;

/// <summary>The tables a replay writes, and the state by which the next run knows what in them is whole.</summary>
internal sealed class ReplayTables : IDisposable
{
    public const string WinnerName = "winner_data.csv";
    public const string StatsName = "stats.csv";
    public const string RawName = "raw_data.csv";
    public const string RawHeader = "banner,product,time,target,timestep\n";

    private const string LockName = "replay.lock";

    private readonly string folder;
    private readonly FileStream hold;
    private readonly FileStream winners;
    private readonly FileStream stats;

    private ReplayTables(string folder, FileStream hold, FileStream winners, FileStream stats, FileStream? raw, ReplayState state) =>
        (this.folder, this.hold, this.winners, this.stats, Raw, State) = (folder, hold, winners, stats, raw, state);

    /// <summary>How far the replay has come.</summary>
    public ReplayState State { get; private set; }

    /// <summary>Where the rows of the current timestep go; null unless they are collected.</summary>
    public FileStream? Raw { get; }

    /// <summary>Opens the tables of the run that is to be continued, cut back to its last closed timestep, or new ones.</summary>
    /// <exception cref="CommandException">What is there was not left by such a run.</exception>
    public static ReplayTables Open(ReplayOptions options, string firstWinner)
    {
        var opened = new List<FileStream>();
        try
        {
            Directory.CreateDirectory(options.Out);
            opened.Add(Lock(options.Out));
            var state = options.Fresh ? null : ReplayState.Load(options.Out);
            state?.RequireSame(options);
            if (state is null && !options.Fresh && File.Exists(Path.Combine(options.Out, WinnerName)))
            {
                throw new CommandException(
                    $"--out {options.Out} holds a {WinnerName}, but no {ReplayState.FileName} that says how to go on: choose another folder, or --fresh to replace it.");
            }

            opened.Add(Table(options.Out, WinnerName));
            opened.Add(Table(options.Out, StatsName));
            if (options.Raw)
            {
                opened.Add(Table(options.Out, RawName));
            }

            state ??= ReplayState.Begin(options, firstWinner);
            var tables = new ReplayTables(options.Out, opened[0], opened[1], opened[2], opened.ElementAtOrDefault(3), state);
            if (state.WinnerLength == 0)
            {
                tables.Begin();
            }
            else
            {
                tables.CutBack();
            }

            return tables;
        }
        catch (Exception error)
        {
            opened.ForEach(x => x.Dispose());
            throw error is UnauthorizedAccessException or IOException
                ? new CommandException($"--out {options.Out} cannot be written: {error.Message}", inner: error)
                : error;
        }
    }

    /// <summary>Writes the rows of a closed timestep; after this it is never done again.</summary>
    public void Close(string winnerRow, string statsRow, ReplayState state)
    {
        winners.Write(Encoding.UTF8.GetBytes(winnerRow));
        stats.Write(Encoding.UTF8.GetBytes(statsRow));
        Save(state);
    }

    /// <summary>Takes back what was collected of a timestep that is not closed.</summary>
    public void Abandon() => Cut(Raw, State.RawLength);

    public void Dispose()
    {
        winners.Dispose();
        stats.Dispose();
        Raw?.Dispose();
        hold.Dispose();
    }

    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(
                Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error) when (error.GetType() == typeof(IOException) && Directory.Exists(folder))
        {
            throw new CommandException($"--out {folder} is being written by another replay, or cannot be written: {error.Message}", inner: error);
        }
    }

    private static FileStream Table(string folder, string name) =>
        new(Path.Combine(folder, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1 << 16);

    private static void Cut(FileStream? table, long length)
    {
        if (table is null)
        {
            return;
        }

        if (table.Length < length)
        {
            throw new CommandException(
                $"{table.Name} is shorter than the replay left it ({table.Length} of {length} bytes): use --fresh to begin anew.");
        }

        table.SetLength(length);
        table.Position = length;
    }

    private void Begin()
    {
        // The state of a run that has written nothing goes first: one that stops before the next save is begun again, whatever was there.
        State.Save(folder);
        Cut(winners, 0);
        Cut(stats, 0);
        Cut(Raw, 0);
        if (Raw is null)
        {
            File.Delete(Path.Combine(folder, RawName));
        }

        winners.Write(Encoding.UTF8.GetBytes($"timestep,winner\n-1,{State.Winner}\n"));
        stats.Write(Encoding.UTF8.GetBytes(StatsRow.Header));
        Raw?.Write(Encoding.UTF8.GetBytes(RawHeader));
        Save(State);
    }

    private void CutBack()
    {
        Cut(winners, State.WinnerLength);
        Cut(stats, State.StatsLength);
        Cut(Raw, State.RawLength);
        var expected = Encoding.UTF8.GetBytes($"\n{State.Next - 1},{State.Winner}\n");
        var last = new byte[expected.Length];
        winners.Position = Math.Max(0, State.WinnerLength - last.Length);
        winners.ReadExactly(last);
        if (!last.AsSpan().SequenceEqual(expected))
        {
            throw new CommandException($"{winners.Name} was changed since the replay left it: use --fresh to begin anew.");
        }
    }

    private void Save(ReplayState state)
    {
        winners.Flush();
        stats.Flush();
        Raw?.Flush();
        State = state with { WinnerLength = winners.Length, StatsLength = stats.Length, RawLength = Raw?.Length ?? 0 };
        State.Save(folder);
    }
}
