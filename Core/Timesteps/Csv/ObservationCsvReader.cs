namespace Bandstand.Timesteps.Csv;

/// <summary>
/// Reads a CSV of observations that arrives in pieces cut anywhere, and keeps no more of it than the record that is not complete yet. Not
/// thread safe.
/// </summary>
/// <param name="fold">Where the rows go.</param>
public sealed class ObservationCsvReader(ObservationFold fold)
{
    private const int LeastAdded = 4096;

    private byte[] kept = [];
    private int keptLength;
    private CsvHeader? header;
    private long line = 1;

    /// <summary>Takes the next piece.</summary>
    /// <param name="bytes">UTF-8; copied where needed.</param>
    /// <exception cref="ObservationCsvException">The text is no CSV of observations; nothing more may be appended.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        // First complete the record that was begun. At least as much is added as there is, so that a record of many pieces is not
        // looked through once for each of its lines.
        while (keptLength > 0 && !bytes.IsEmpty)
        {
            var taken = Math.Min(bytes.Length, Math.Max(keptLength, LeastAdded));
            Keep(bytes[..taken]);
            var rest = Read(kept.AsSpan(0, keptLength));
            if (rest <= taken)
            {
                keptLength = 0;
                bytes = bytes[(taken - rest)..];
                break;
            }

            bytes = bytes[taken..];
        }

        if (!bytes.IsEmpty)
        {
            Keep(bytes[^Read(bytes)..]);
        }
    }

    /// <summary>Reads the last record, if it has no line end.</summary>
    /// <exception cref="ObservationCsvException">The text is no CSV of observations.</exception>
    public void Complete()
    {
        if (keptLength > 0 && header is null)
        {
            header = CsvHeader.Parse(kept.AsSpan(0, keptLength), out _, out line);
        }
        else if (header is not null)
        {
            line = ObservationCsv.Fold(kept.AsSpan(0, keptLength), header, fold, line);
        }

        keptLength = 0;
    }

    // Folds the whole records and returns how many bytes are left over.
    private int Read(ReadOnlySpan<byte> bytes)
    {
        var records = bytes[..CsvRecords.CompleteLength(bytes)];
        var rest = bytes.Length - records.Length;
        if (header is null && !records.IsEmpty)
        {
            header = CsvHeader.Parse(records, out var length, out line);
            records = records[length..];
        }

        if (header is not null)
        {
            line = ObservationCsv.Fold(records, header, fold, line);
        }

        return rest <= ObservationCsv.MaximumRecord ? rest : throw ObservationCsvException.TooLong(line);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (keptLength + bytes.Length > kept.Length)
        {
            Array.Resize(ref kept, Math.Max(keptLength + bytes.Length, kept.Length * 2));
        }

        bytes.CopyTo(kept.AsSpan(keptLength));
        keptLength += bytes.Length;
    }
}
