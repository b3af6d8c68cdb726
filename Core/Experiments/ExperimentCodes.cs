namespace Bandstand.Experiments;

/// <summary>The stable codes of refusals and warnings about experiments; docs/problems.md explains each.</summary>
public static class ExperimentCodes
{
    /// <summary>Several rules of a definition are broken; see the errors.</summary>
    public const string InvalidDefinition = "invalid-definition";

    /// <summary>A definition cannot be read in several places; see the errors.</summary>
    public const string MalformedDefinition = "malformed-definition";

    /// <summary>Several parameters break rules; see the errors.</summary>
    public const string InvalidParameters = "invalid-parameters";

    /// <summary>Several parameters are wrong, one at least cannot be read; see the errors.</summary>
    public const string MalformedParameters = "malformed-parameters";

    /// <summary>The text is no JSON.</summary>
    public const string MalformedJson = "malformed-json";

    /// <summary>The JSON is nested too deeply.</summary>
    public const string TooDeep = "too-deep";

    /// <summary>The text is larger than a limit.</summary>
    public const string TooLarge = "too-large";

    /// <summary>A text is not valid Unicode.</summary>
    public const string InvalidUnicode = "invalid-unicode";

    /// <summary>A field has the wrong JSON type.</summary>
    public const string WrongType = "wrong-type";

    /// <summary>A field that does not exist.</summary>
    public const string UnknownField = "unknown-field";

    /// <summary>A field is given twice.</summary>
    public const string DuplicateField = "duplicate-field";

    /// <summary>A field of a feature that is not there yet.</summary>
    public const string NotYet = "not-yet";

    /// <summary>An experiment's id breaks its pattern.</summary>
    public const string InvalidId = "invalid-id";

    /// <summary>A field that must be there is missing.</summary>
    public const string MissingField = "missing-field";

    /// <summary>A number is outside its range.</summary>
    public const string OutOfRange = "out-of-range";

    /// <summary>A text is empty, too long or has characters that are not allowed.</summary>
    public const string InvalidText = "invalid-text";

    /// <summary>A word is none of those allowed.</summary>
    public const string UnknownWord = "unknown-word";

    /// <summary>A duration is not ISO 8601 or not allowed here.</summary>
    public const string InvalidDuration = "invalid-duration";

    /// <summary>A key or id is given twice.</summary>
    public const string DuplicateKey = "duplicate-key";

    /// <summary>No alternative has this key.</summary>
    public const string UnknownAlternative = "unknown-alternative";

    /// <summary>No metric of the definition has this id.</summary>
    public const string UnknownMetric = "unknown-metric";

    /// <summary>Too few or too many alternatives or metrics.</summary>
    public const string WrongCount = "wrong-count";

    /// <summary>The floor times the number of alternatives exceeds 1.</summary>
    public const string FloorTooHigh = "floor-too-high";

    /// <summary>Vanity's hash knows no weights.</summary>
    public const string VanityUnweighted = "vanity-unweighted";

    /// <summary>More than one metric is marked as primary.</summary>
    public const string SeveralPrimaries = "several-primaries";

    /// <summary>A field does not go with the metric's kind.</summary>
    public const string WrongKind = "wrong-kind";

    /// <summary>A guardrail cannot be the primary metric.</summary>
    public const string GuardrailPrimary = "guardrail-primary";

    /// <summary>The classic decision needs exactly two alternatives.</summary>
    public const string ClassicNeedsTwo = "classic-needs-two";

    /// <summary>Warning: no default was given; the first alternative is it.</summary>
    public const string DefaultAssumed = "default-assumed";

    /// <summary>Warning: no metrics were given; one conversion metric named as the experiment is used.</summary>
    public const string MetricsAssumed = "metrics-assumed";

    /// <summary>Warning: a setting is legal but acts in a way that may surprise.</summary>
    public const string Surprising = "surprising-setting";

    /// <summary>There is no such experiment.</summary>
    public const string NotFound = "experiment-not-found";

    /// <summary>The experiment exists already, and only creating was asked for.</summary>
    public const string Exists = "experiment-exists";

    /// <summary>The experiment is not what the ETag says.</summary>
    public const string ETagMismatch = "etag-mismatch";

    /// <summary>It is a draft.</summary>
    public const string NotStarted = "experiment-not-started";

    /// <summary>It is disabled.</summary>
    public const string IsDisabled = "experiment-disabled";

    /// <summary>It is completed.</summary>
    public const string IsCompleted = "experiment-completed";

    /// <summary>What cannot change once an experiment was started.</summary>
    public const string FixedOnceStarted = "fixed-once-started";

    /// <summary>The key belonged to an alternative that was removed.</summary>
    public const string KeyUsed = "alternative-key-used";

    /// <summary>The alternative is the outcome.</summary>
    public const string IsOutcome = "alternative-is-outcome";

    /// <summary>No further epoch can begin.</summary>
    public const string TooManyEpochs = "too-many-epochs";

    /// <summary>Every open alternative must be named.</summary>
    public const string MissingAlternative = "missing-alternative";

    /// <summary>All weights are 0.</summary>
    public const string AllZero = "all-weights-zero";

    /// <summary>The policy does not rebalance.</summary>
    public const string NothingToRebalance = "nothing-to-rebalance";

    /// <summary>No such segment.</summary>
    public const string SegmentNotFound = "segment-not-found";

    /// <summary>The experiment has no timesteps.</summary>
    public const string NoTimesteps = "no-timesteps";
}
