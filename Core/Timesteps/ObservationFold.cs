using System.Globalization;
using System.Text;
using Bandstand.Statistics;

namespace Bandstand.Timesteps;

/// <summary>
/// Folds rows of observations, one after another, into <see cref="TimestepObservations"/>. Not thread safe: one fold per batch or
/// chunk, whose results are merged.
/// </summary>
public sealed class ObservationFold
{
    private const int QuotedLength = 40;

    private readonly AlternativeKeys keys;
    private readonly bool singlePrecision;
    private readonly TargetSums[] targets;
    private readonly long[] nullTargets;
    private readonly List<RejectedRow> described = [];
    private long rejected;
    private long unexpected;
    private long unexpectedNullTargets;
    private string? unexpectedBanner;

    /// <summary>Begins with nothing observed.</summary>
    /// <param name="keys">The alternatives.</param>
    /// <param name="singlePrecision">
    /// Whether targets are rounded to 32-bit floats first, as the classic procedure does; those beyond its range are rejected.
    /// </param>
    public ObservationFold(AlternativeKeys keys, bool singlePrecision = true)
    {
        ArgumentNullException.ThrowIfNull(keys);
        this.keys = keys;
        this.singlePrecision = singlePrecision;
        targets = new TargetSums[keys.Keys.Count];
        nullTargets = new long[keys.Keys.Count];
        Zeros = new long[keys.Keys.Count];
        Ones = new long[keys.Keys.Count];
    }

    /// <summary>The first <see cref="RejectedRow.MaximumDescribed"/> rows that did not count, in the order they came.</summary>
    public IReadOnlyList<RejectedRow> Rejected => described;

    /// <summary>What a target must do to count, for the text of an error.</summary>
    public string Range => singlePrecision ? "fit a 32-bit float (up to 3.4e38), to which the classic procedure rounds" : "be at most 1e140 in magnitude";

    /// <summary>The alternatives.</summary>
    internal AlternativeKeys Keys => keys;

    // Most targets are 0 or 1: these are only counted, and join the sums at the end.
    internal long[] Zeros { get; }

    internal long[] Ones { get; }

    /// <summary>Folds one row that did not come as text.</summary>
    /// <param name="alternative">The banner: a key, see <see cref="AlternativeKeys"/>.</param>
    /// <param name="target">The target; null where there is none.</param>
    /// <param name="line">Where it stands in its source, for the description if it is rejected.</param>
    /// <returns>Whether the row counts.</returns>
    public bool Add(string alternative, double? target, long line)
    {
        ArgumentNullException.ThrowIfNull(alternative);
        var index = keys.Find(alternative);
        if (index == AlternativeKeys.Invalid)
        {
            return RejectBanner(alternative, line);
        }

        if (index == AlternativeKeys.Unexpected)
        {
            return CountUnexpected(alternative, target is null);
        }

        return target is { } value ? Count(index, value, line) : CountNull(index);
    }

    /// <summary>What was folded so far.</summary>
    public TimestepObservations ToObservations()
    {
        var alternatives = new AlternativeObservations[targets.Length];
        for (var i = 0; i < alternatives.Length; i++)
        {
            var sums = targets[i] + TargetSums.Repeated(0, Zeros[i]) + TargetSums.Repeated(1, Ones[i]);
            alternatives[i] = new AlternativeObservations(keys.Keys[i], sums.Count + nullTargets[i], nullTargets[i], sums);
        }

        return new TimestepObservations(
            alternatives.Sum(x => x.Rows) + unexpected + rejected,
            rejected,
            nullTargets.Sum() + unexpectedNullTargets,
            unexpected,
            unexpectedBanner,
            alternatives);
    }

    /// <summary>Folds one row from its two fields, without the quotes.</summary>
    internal bool Add(ReadOnlySpan<byte> banner, ReadOnlySpan<byte> target, long line)
    {
        var index = keys.Find(banner);
        if (index == AlternativeKeys.Invalid)
        {
            return RejectBanner(Encoding.UTF8.GetString(banner), line);
        }

        var isNumber = TargetText.TryRead(target, out var value);
        if (!isNumber && !target.Trim(" \t"u8).IsEmpty)
        {
            var text = Quote(Encoding.UTF8.GetString(target));
            return Reject(RejectedRow.TargetNotANumber, $"target {text} is not a finite number", line);
        }

        if (index == AlternativeKeys.Unexpected)
        {
            return CountUnexpected(Encoding.UTF8.GetString(banner), !isNumber);
        }

        return isNumber ? Count(index, value, line) : CountNull(index);
    }

    internal bool Reject(string code, string detail, long line)
    {
        rejected++;
        if (described.Count < RejectedRow.MaximumDescribed)
        {
            described.Add(new RejectedRow(line, code, detail));
        }

        return false;
    }

    private static string Quote(string text)
    {
        var shown = text.Length <= QuotedLength ? text : string.Concat(text.AsSpan(0, QuotedLength), "…");
        return $"'{string.Concat(shown.Select(c => char.IsControl(c) ? ' ' : c))}'";
    }

    private bool RejectBanner(string banner, long line) => keys.AreNumbers
        ? Reject(RejectedRow.BannerNotANumber, $"banner {Quote(banner)} is not a whole number", line)
        : Reject(RejectedRow.UnknownAlternative, $"{Quote(banner)} is none of the alternatives", line);

    private bool Count(int index, double value, long line)
    {
        var kept = singlePrecision ? (float)value : value;
        if (!(Math.Abs(kept) <= (singlePrecision ? float.MaxValue : Moments.MaxMagnitude)))
        {
            return Reject(
                RejectedRow.TargetOutOfRange, $"target {value.ToString(CultureInfo.InvariantCulture)} must be finite and {Range}", line);
        }

        targets[index] = targets[index].Add(kept);
        return true;
    }

    private bool CountNull(int index)
    {
        nullTargets[index]++;
        return true;
    }

    private bool CountUnexpected(string banner, bool isNull)
    {
        unexpected++;
        unexpectedNullTargets += isNull ? 1 : 0;
        unexpectedBanner ??= banner.Trim();
        return true;
    }
}
