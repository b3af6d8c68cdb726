using Bandstand.Experiments;
using Bandstand.Ports;

namespace Bandstand.Statistics.Planning;

/// <summary>What was asked for with all that it rests on. Immutable.</summary>
/// <param name="Solved"><c>participants</c>, <c>power</c> or <c>difference</c>: which of the three was computed from the others.</param>
/// <param name="Kind">What kind of metric it is.</param>
/// <param name="Design">What is compared.</param>
/// <param name="Difference">The effect in units of the baseline.</param>
/// <param name="Lift">The effect relative to the baseline's magnitude; null where that is 0.</param>
/// <param name="Power">The probability of finding it, 0 to 1.</param>
/// <param name="Participants">Participants in all, whole ones in each alternative.</param>
/// <param name="Alternatives">Participants of each, the control first.</param>
/// <param name="MedianParticipants">Sequential: half of the experiments with this effect have found it by so many; null where that is never.</param>
/// <param name="FixedParticipants">What one look at a time chosen beforehand would need for the same; null where nothing suffices.</param>
/// <param name="PerDay">New participants a day, or null.</param>
/// <param name="Days">How long that takes, or null.</param>
/// <param name="Present">Participants that the experiment has already, or null without one.</param>
/// <param name="DaysLeft">How long the rest takes, or null.</param>
/// <param name="Warnings">What the plan assumes that may not be meant.</param>
public sealed record PowerAnswer(
    string Solved,
    MetricKind Kind,
    PowerDesign Design,
    double Difference,
    double? Lift,
    double Power,
    double Participants,
    IReadOnlyList<PlannedAlternative> Alternatives,
    double? MedianParticipants,
    double? FixedParticipants,
    double? PerDay,
    double? Days,
    long? Present,
    double? DaysLeft,
    IReadOnlyList<Warning> Warnings);

/// <summary>One alternative of a plan.</summary>
/// <param name="Key">Its key, or null where no experiment was named.</param>
/// <param name="Share">Its share of the participants, 0 to 1.</param>
/// <param name="Participants">Its participants.</param>
public sealed record PlannedAlternative(string? Key, double Share, double Participants);
