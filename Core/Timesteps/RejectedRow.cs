namespace Bandstand.Timesteps;

/// <summary>A row of observations that does not count, and why.</summary>
/// <param name="Line">Its first line in the file or body; the header of a CSV is line 1.</param>
/// <param name="Code">What is wrong, stable: one of the constants here.</param>
/// <param name="Detail">The same for people, with the offending text.</param>
public sealed record RejectedRow(long Line, string Code, string Detail)
{
    /// <summary>At most this many rows are described; the others are only counted.</summary>
    public const int MaximumDescribed = 100;

    /// <summary>The banner is no whole number, where the alternatives are whole numbers.</summary>
    public const string BannerNotANumber = "banner-not-a-number";

    /// <summary>The banner is none of the alternatives' names.</summary>
    public const string UnknownAlternative = "unknown-alternative";

    /// <summary>The target is no number.</summary>
    public const string TargetNotANumber = "target-not-a-number";

    /// <summary>The target is a number too large to be kept.</summary>
    public const string TargetOutOfRange = "target-out-of-range";

    /// <summary>The row ends before the banner or the target.</summary>
    public const string MissingField = "missing-field";
}
