namespace Bandstand.Timesteps.Csv;

/// <summary>A CSV of observations that cannot be read at all, as opposed to rows of it that do not count.</summary>
/// <param name="code">What is wrong, stable: one of the constants here.</param>
/// <param name="line">The line where it is, the header being line 1.</param>
/// <param name="detail">The same for people, with the remedy.</param>
public sealed class ObservationCsvException(string code, long line, string detail) : FormatException($"line {line}: {detail}")
{
    /// <summary>The header lacks <c>banner</c> or <c>target</c>.</summary>
    public const string MissingColumn = "missing-column";

    /// <summary>The header names <c>banner</c> or <c>target</c> twice.</summary>
    public const string DuplicateColumn = "duplicate-column";

    /// <summary>The text is not UTF-8.</summary>
    public const string NotUtf8 = "not-utf8";

    /// <summary>One record is longer than <see cref="ObservationCsv.MaximumRecord"/>; most often a quote is not closed.</summary>
    public const string RecordTooLong = "record-too-long";

    /// <summary>A quoted field does not end before the text does.</summary>
    public const string UnclosedQuote = "unclosed-quote";

    /// <summary>What is wrong, stable.</summary>
    public string Code { get; } = code;

    /// <summary>The line where it is, the header being line 1.</summary>
    public long Line { get; } = line;

    /// <summary>The same for people, with the remedy, without the line.</summary>
    public string Detail { get; } = detail;

    /// <summary>The error for a record that is longer than <see cref="ObservationCsv.MaximumRecord"/>.</summary>
    /// <param name="line">Where it begins.</param>
    public static ObservationCsvException TooLong(long line) => new(
        RecordTooLong,
        line,
        $"the record that begins here is longer than {ObservationCsv.MaximumRecord:N0} bytes: is a quote opened and not closed?");
}
