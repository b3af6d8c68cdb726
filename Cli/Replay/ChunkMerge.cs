using Bandstand.Timesteps;
using Bandstand.Timesteps.Csv;

namespace Bandstand.Cli.Replay;

/// <summary>What a worker made of a chunk.</summary>
/// <param name="Fold">Its rows.</param>
/// <param name="Lines">How many lines it has.</param>
/// <param name="Error">What is wrong in it, with a line counted from 0 at its beginning; null if nothing is.</param>
internal sealed record FoldedChunk(ObservationFold Fold, long Lines, ObservationCsvException? Error);

/// <summary>Puts folded chunks together in the order of the file, whichever is ready first. Thread safe.</summary>
/// <param name="keys">The alternatives.</param>
/// <param name="raw">Where rows are collected, or null.</param>
internal sealed class ChunkMerge(AlternativeKeys keys, Stream? raw)
{
    private readonly object turn = new();
    private readonly List<RejectedRow> rejected = [];
    private int next;
    private long line = 1;

    /// <summary>All rows so far.</summary>
    public TimestepObservations Observations { get; private set; } = TimestepObservations.None(keys.Keys);

    /// <summary>The first rows that do not count, by line.</summary>
    public IReadOnlyList<RejectedRow> Rejected => rejected;

    /// <summary>The first thing that is wrong with the file, or null.</summary>
    public ObservationCsvException? Error { get; private set; }

    /// <summary>Whether nothing more need be read.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Adds a chunk when all before it have been added, and waits until then.</summary>
    public void Add(Chunk chunk, FoldedChunk folded, ReadOnlySpan<byte> rawRows)
    {
        lock (turn)
        {
            while (next != chunk.Index && !IsBroken)
            {
                Monitor.Wait(turn);
            }

            if (IsBroken)
            {
                return;
            }

            line += chunk.LinesBefore;
            if (folded.Error is { } error)
            {
                Error = new ObservationCsvException(error.Code, error.Line + line, error.Detail);
                Break();
                return;
            }

            raw?.Write(rawRows);
            Observations = Observations.Merge(folded.Fold.ToObservations());
            rejected.AddRange(folded.Fold.Rejected
                .Take(RejectedRow.MaximumDescribed - rejected.Count)
                .Select(x => x with { Line = x.Line + line }));
            line += folded.Lines;
            next++;
            Monitor.PulseAll(turn);
        }
    }

    /// <summary>Lets everybody who waits go: something failed.</summary>
    public void Break()
    {
        lock (turn)
        {
            IsBroken = true;
            Monitor.PulseAll(turn);
        }
    }
}
