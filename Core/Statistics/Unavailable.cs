using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics;

/// <summary>Why a number cannot be computed: an answer of its own, never replaced by a plausible number.</summary>
/// <param name="Code">Stable, for programs: one of <see cref="ScoreCodes"/>.</param>
/// <param name="Detail">For people: what is missing and what would help.</param>
public sealed record Unavailable(string Code, string Detail)
{
    /// <summary>All participants have the same total.</summary>
    internal static readonly Unavailable ZeroVariance = new(
        ScoreCodes.ZeroVariance,
        "All participants of both alternatives have the same total, so there is no spread to compare by. More participants may bring some.");

    /// <summary>No spread within the alternatives, but they differ.</summary>
    internal static readonly Unavailable ZeroVarianceUnequal = new(
        ScoreCodes.ZeroVarianceUnequal,
        "The alternatives differ, but within each of them all participants have the same total, so there is no spread to judge the difference by.");

    /// <summary>Fewer participants than the formula needs.</summary>
    /// <param name="needed">The least number of participants in each alternative.</param>
    internal static Unavailable FewParticipants(int needed)
        => new(ScoreCodes.FewParticipants, $"Each alternative needs at least {needed} participant{(needed == 1 ? string.Empty : "s")}.");
}
