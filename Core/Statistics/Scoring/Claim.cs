namespace Bandstand.Statistics.Scoring;

/// <summary>One statement of a conclusion. Immutable.</summary>
/// <param name="Code">
/// <c>participants</c>, <c>no-participants</c>, <c>best</c>, <c>significant</c>, <c>not-significant</c>,
/// <c>probability-best</c>, <c>low-confidence</c>, <c>converted</c>, <c>not-converted</c>, <c>no-clear-winner</c> or <c>selected</c>.
/// </param>
/// <param name="Args">The figures and names of the statement.</param>
/// <param name="Text">The statement in English.</param>
public sealed record Claim(string Code, ClaimArgs Args, string Text);

/// <summary>The figures and names of a claim; those that it does not use are null and left out of JSON.</summary>
public sealed record ClaimArgs
{
    /// <summary>Participants of all alternatives.</summary>
    public long? Participants { get; init; }

    /// <summary>Key of the alternative it is about.</summary>
    public string? Alternative { get; init; }

    /// <summary>Rate in percent, to one decimal (conversion metrics).</summary>
    public double? Rate { get; init; }

    /// <summary>Mean total per participant (count and value metrics).</summary>
    public double? Mean { get; init; }

    /// <summary>Key of the alternative that comes second.</summary>
    public string? Over { get; init; }

    /// <summary>Lead over <see cref="Over"/> in whole percent, over 0.</summary>
    public double? Lead { get; init; }

    /// <summary>Level or probability in percent.</summary>
    public double? Probability { get; init; }

    /// <summary>Holm-corrected p-value of the best against every other, 0 to 1.</summary>
    public double? PValue { get; init; }
}
