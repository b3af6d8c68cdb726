namespace Bandstand.Timesteps;

/// <summary>What was observed of one alternative in one timestep.</summary>
/// <param name="Alternative">Its key.</param>
/// <param name="Rows">Rows that name it, with or without a target. Rows whose target cannot be read are not among them.</param>
/// <param name="NullTargets">How many of these have no target.</param>
/// <param name="Targets">The targets of the others.</param>
public sealed record AlternativeObservations(string Alternative, long Rows, long NullTargets, TargetSums Targets);

/// <summary>
/// All that is kept of the observations of one timestep. Parts of a timestep add up in any order. Immutable; made by
/// <see cref="ObservationFold"/>.
/// </summary>
/// <param name="Rows">All rows, those that do not count included.</param>
/// <param name="Rejected">Rows that do not count because they cannot be read.</param>
/// <param name="NullTargets">Rows that were read and have no target.</param>
/// <param name="Unexpected">Rows of a banner that is a whole number but no alternative (see <see cref="AlternativeKeys"/>).</param>
/// <param name="UnexpectedBanner">The first such banner, for a message; null when there was none.</param>
/// <param name="Alternatives">Every alternative in the order of the definition, those without rows included.</param>
public sealed record TimestepObservations(
    long Rows, long Rejected, long NullTargets, long Unexpected, string? UnexpectedBanner, IReadOnlyList<AlternativeObservations> Alternatives)
{
    /// <summary>Nothing observed yet.</summary>
    /// <param name="keys">The alternatives in the order of the definition.</param>
    public static TimestepObservations None(IReadOnlyList<string> keys) =>
        new(0, 0, 0, 0, null, [.. keys.Select(key => new AlternativeObservations(key, 0, 0, default))]);

    /// <summary>Both parts together; rows that are in both count twice.</summary>
    /// <param name="other">Observations of the same alternatives in the same order.</param>
    /// <exception cref="ArgumentException">The alternatives differ.</exception>
    public TimestepObservations Merge(TimestepObservations other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!Alternatives.Select(x => x.Alternative).SequenceEqual(other.Alternatives.Select(x => x.Alternative), StringComparer.Ordinal))
        {
            throw new ArgumentException("Only observations of the same alternatives in the same order add up.", nameof(other));
        }

        return new TimestepObservations(
            Rows + other.Rows,
            Rejected + other.Rejected,
            NullTargets + other.NullTargets,
            Unexpected + other.Unexpected,
            UnexpectedBanner ?? other.UnexpectedBanner,
            [.. Alternatives.Zip(other.Alternatives, (a, b) => new AlternativeObservations(
                a.Alternative, a.Rows + b.Rows, a.NullTargets + b.NullTargets, a.Targets + b.Targets))]);
    }
}
