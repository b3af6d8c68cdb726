namespace Bandstand.Statistics.Scoring;

/// <summary>Stable codes of numbers that are not there, reasons that a verdict is not there, and warnings of scores.</summary>
public static class ScoreCodes
{
    /// <summary>Nobody takes part yet.</summary>
    public const string NoParticipants = "no-participants";

    /// <summary>Nobody takes part in this alternative yet.</summary>
    public const string EmptyAlternative = "one-alternative-empty";

    /// <summary>Participants' windows are not closed, so that what they will have done is not known yet.</summary>
    public const string WindowsOpen = "windows-open";

    /// <summary>The covariate is not known of enough participants, or says nothing.</summary>
    public const string NoCovariate = "no-covariate";

    /// <summary>Nothing is below the line of a ratio, or the sum of what is there is not over 0.</summary>
    public const string NoDenominator = "no-denominator";

    /// <summary>Too few participants for the formula.</summary>
    public const string FewParticipants = "few-participants";

    /// <summary>Too few conversions for the formula.</summary>
    public const string FewConversions = "few-conversions";

    /// <summary>Nothing was converted or measured yet.</summary>
    public const string NoConversions = "no-conversions";

    /// <summary>All totals are the same: there is no spread to judge a difference by.</summary>
    public const string ZeroVariance = "zero-variance";

    /// <summary>No spread within the alternatives, though they differ: nothing to judge the difference by.</summary>
    public const string ZeroVarianceUnequal = "zero-variance-unequal";

    /// <summary>The control's mean is 0 or less, so that a ratio to it means nothing.</summary>
    public const string ControlNotPositive = "control-not-positive";

    /// <summary>The control's mean is 0 or cannot be told from 0, so a ratio to it is unbounded.</summary>
    public const string Unbounded = "unbounded";

    /// <summary>The number belongs to another method.</summary>
    public const string OtherMethod = "other-method";

    /// <summary>The number is only there for conversion metrics.</summary>
    public const string ConversionOnly = "conversion-only";

    /// <summary>The row is the control's own.</summary>
    public const string IsControl = "is-control";

    /// <summary>The row is not better than the least.</summary>
    public const string NotBetterThanLeast = "not-better-than-least";

    /// <summary>The alternative is closed.</summary>
    public const string Closed = "closed";

    /// <summary>There is no second alternative to compare with.</summary>
    public const string NoBase = "no-base";

    /// <summary>The weights under which participants were assigned are not known.</summary>
    public const string UnknownWeights = "unknown-weights";

    /// <summary>The numbers leave the range of floating point.</summary>
    public const string OutOfRange = "out-of-range";

    /// <summary>Weights that are asked about use an alternative that could not be drawn, or that nobody was in.</summary>
    public const string NoSupport = "no-support";

    /// <summary>The feature is not there yet.</summary>
    public const string NotYet = "not-yet";

    /// <summary>The difference may be chance.</summary>
    public const string NotSignificant = "not-significant-yet";

    /// <summary>Participants are not spread as the weights made likely.</summary>
    public const string SampleRatioMismatch = "sample-ratio-mismatch";

    /// <summary>Weights follow the data, and the method does not allow for it.</summary>
    public const string AdaptiveAllocation = "not-valid-under-adaptive-allocation";
}
