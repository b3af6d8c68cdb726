using System.Buffers;
using Bandstand.Timesteps.Csv;
using Microsoft.Win32.SafeHandles;

namespace Bandstand.Cli.Replay;

/// <summary>Whole records of a file.</summary>
/// <param name="Index">Its place in the file, from 0.</param>
/// <param name="Header">The file's columns.</param>
/// <param name="Records">The records, in the buffer that was given to read them.</param>
/// <param name="LinesBefore">Lines of the header, where it was cut off this chunk.</param>
/// <param name="Error">What is wrong after these records, with a line counted from 0 at their beginning; null if nothing is.</param>
internal sealed record Chunk(int Index, CsvHeader Header, ReadOnlyMemory<byte> Records, long LinesBefore, ObservationCsvException? Error);

/// <summary>What one worker reads and writes in; it grows to what the longest record needs and is used again.</summary>
internal sealed class ChunkBuffer
{
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Rows on their way to the table of all rows.</summary>
    public ArrayBufferWriter<byte> Raw { get; } = new();

    public void EnsureLength(int length)
    {
        if (Bytes.Length < length)
        {
            var larger = GC.AllocateUninitializedArray<byte>(length);
            Bytes.CopyTo(larger, 0);
            Bytes = larger;
        }
    }
}

/// <summary>Cuts a file into chunks at the ends of records. Thread safe: chunks are handed out one after another.</summary>
internal sealed class ChunkReader : IDisposable
{
    private readonly Lock turn = new();
    private readonly SafeFileHandle file;
    private readonly int chunkSize;
    private CsvHeader? header;
    private byte[] rest = [];
    private int restLength;
    private long position;
    private int next;
    private bool isOver;

    public ChunkReader(string path, int chunkSize)
    {
        this.chunkSize = chunkSize;
        file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        Length = RandomAccess.GetLength(file);
    }

    /// <summary>The file's length when it was opened.</summary>
    public long Length { get; }

    /// <summary>Reads the next chunk.</summary>
    /// <param name="buffer">Where its bytes go.</param>
    /// <returns>Null at the end.</returns>
    /// <exception cref="ObservationCsvException">The header cannot be used.</exception>
    public Chunk? Read(ChunkBuffer buffer)
    {
        lock (turn)
        {
            if (isOver)
            {
                return null;
            }

            var length = restLength;
            buffer.EnsureLength(length);
            rest.AsSpan(0, restLength).CopyTo(buffer.Bytes);
            int complete;
            do
            {
                length = Fill(buffer, length);
                complete = isOver ? length : CsvRecords.CompleteLength(buffer.Bytes.AsSpan(0, length));
            }
            while (!isOver && complete == 0 && length <= ObservationCsv.MaximumRecord);

            return length == 0 ? null : Cut(buffer.Bytes.AsMemory(0, length), complete);
        }
    }

    public void Dispose() => file.Dispose();

    private int Fill(ChunkBuffer buffer, int length)
    {
        buffer.EnsureLength(length + chunkSize);
        var wanted = buffer.Bytes.AsSpan(length, chunkSize);
        while (!wanted.IsEmpty && !isOver)
        {
            var read = RandomAccess.Read(file, wanted, position);
            isOver = read == 0;
            position += read;
            wanted = wanted[read..];
        }

        return length + chunkSize - wanted.Length;
    }

    private Chunk Cut(ReadOnlyMemory<byte> bytes, int complete)
    {
        var records = bytes[..complete];
        Keep(bytes.Span[complete..]);
        var tooLong = restLength > ObservationCsv.MaximumRecord;
        isOver |= tooLong;
        long headerLines = 0;
        if (header is null)
        {
            if (tooLong && complete == 0)
            {
                throw ObservationCsvException.TooLong(1);
            }

            header = CsvHeader.Parse(records.Span, out var length, out var firstLine);
            headerLines = firstLine - 1;
            records = records[length..];
        }

        var error = tooLong ? ObservationCsvException.TooLong(records.Span.Count((byte)'\n')) : null;
        return new Chunk(next++, header, records, headerLines, error);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (rest.Length < bytes.Length)
        {
            rest = GC.AllocateUninitializedArray<byte>(bytes.Length);
        }

        bytes.CopyTo(rest);
        restLength = bytes.Length;
    }
}
