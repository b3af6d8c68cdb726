using System.Buffers;
using Bandstand.Timesteps;
using Bandstand.Timesteps.Csv;

namespace Bandstand.Cli.Replay;

/// <summary>What one file held.</summary>
/// <param name="Observations">Its rows, folded.</param>
/// <param name="Rejected">The first rows that do not count.</param>
/// <param name="Bytes">Its length.</param>
internal sealed record FileContent(TimestepObservations Observations, IReadOnlyList<RejectedRow> Rejected, long Bytes);

/// <summary>
/// Folds a file of any size in little memory: workers take turns in reading chunks of a fixed size, fold them at the same time and merge
/// the results in the order of the file. What comes out depends neither on the number of workers nor on who was faster.
/// </summary>
internal sealed class ObservationFile(AlternativeKeys keys, int chunkSize, int workers, bool singlePrecision = true)
{
    private readonly ChunkBuffer[] buffers = [.. Enumerable.Range(0, workers).Select(_ => new ChunkBuffer())];

    /// <summary>Folds one file.</summary>
    /// <param name="path">A CSV.</param>
    /// <param name="timestep">Its timestep, which the collected rows name.</param>
    /// <param name="raw">Where its rows are collected, or null.</param>
    /// <param name="cancellationToken">Stops after the chunks at hand.</param>
    /// <returns>What it held; null where there is no such file.</returns>
    /// <exception cref="CommandException">It cannot be read as a CSV of observations.</exception>
    public FileContent? Fold(string path, int timestep, Stream? raw, CancellationToken cancellationToken)
    {
        try
        {
            using var chunks = new ChunkReader(path, chunkSize);
            var merge = new ChunkMerge(keys, raw);
            var rows = raw is null ? null : new RawRows(timestep);
            var needed = (int)Math.Clamp((chunks.Length + chunkSize - 1) / chunkSize, 1, workers);
            if (needed == 1)
            {
                Work(chunks, merge, rows, buffers[0], cancellationToken);
            }
            else
            {
                Task.WaitAll(
                    [.. buffers.Take(needed).Select(buffer => Task.Run(() => Work(chunks, merge, rows, buffer, cancellationToken), CancellationToken.None))],
                    CancellationToken.None);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (merge.Error is { } error)
            {
                throw error;
            }

            return new FileContent(merge.Observations, merge.Rejected, chunks.Length);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (AggregateException several)
        {
            throw Explain(path, several.InnerExceptions[0]);
        }
        catch (Exception failure) when (failure is ObservationCsvException or IOException or UnauthorizedAccessException)
        {
            throw Explain(path, failure);
        }
    }

    private void Work(ChunkReader chunks, ChunkMerge merge, RawRows? rows, ChunkBuffer buffer, CancellationToken cancellationToken)
    {
        try
        {
            while (!merge.IsBroken && !cancellationToken.IsCancellationRequested && chunks.Read(buffer) is { } chunk)
            {
                buffer.Raw.ResetWrittenCount();
                merge.Add(chunk, Fold(chunk, rows, buffer.Raw), buffer.Raw.WrittenSpan);
            }
        }
        catch
        {
            // The others wait for their turn, which will not come.
            merge.Break();
            throw;
        }
    }

    private FoldedChunk Fold(Chunk chunk, RawRows? rows, ArrayBufferWriter<byte> raw)
    {
        var fold = new ObservationFold(keys, singlePrecision);
        try
        {
            var lines = ObservationCsv.Fold(chunk.Records.Span, chunk.Header, fold, 0);
            rows?.Copy(chunk.Records.Span, chunk.Header, raw);
            return new FoldedChunk(fold, lines, chunk.Error);
        }
        catch (ObservationCsvException error)
        {
            return new FoldedChunk(fold, 0, error);
        }
    }

    private static CommandException Explain(string path, Exception error) => error is ObservationCsvException csv
        ? new CommandException($"{path}, line {csv.Line}: {csv.Detail}", inner: error)
        : new CommandException($"{path} cannot be read: {error.Message}", inner: error);
}
