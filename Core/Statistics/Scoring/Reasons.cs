using System.Globalization;
using Bandstand.Experiments;

namespace Bandstand.Statistics.Scoring;

/// <summary>The sentences of reasons, one place for each code.</summary>
internal static class Reasons
{
    /// <summary>The reason as a report tells it.</summary>
    public static MissingReason Tell(Unavailable reason) => new(reason.Code, reason.Detail);

    /// <summary>The number, unless it left the range of floating point.</summary>
    public static Estimate<double> Finite(double number) => double.IsFinite(number) ? number : OutOfRange();

    public static Unavailable EmptyAlternative(ArmData arm) =>
        arm.Pending ?? new(ScoreCodes.EmptyAlternative, $"Nobody takes part in alternative '{arm.Key}' yet.");

    public static Unavailable WindowsOpen(string key, long participants, TimeSpan window) => new(
        ScoreCodes.WindowsOpen,
        $"None of the {participants} participants of '{key}' has been there for {IsoDuration.Format(window)} yet: until a window is closed its participant may still convert, and nothing is judged by it.");

    public static Unavailable FewKnown(long known, long needed) => new(
        ScoreCodes.NoCovariate,
        $"The covariate is known of {known} participants, and {needed} in all and 2 in each alternative are needed to adjust by it. Send it as an attribute of the identity, or as an event before the assignment.");

    public static Unavailable FewToAdjust(long fewest, long needed) => new(
        ScoreCodes.FewConversions,
        $"An alternative has {fewest} participants who converted, or who did not, and {needed} are needed: until then conversions are judged without the covariate.");

    public static Unavailable LabelsNotAdjusted() => new(
        ScoreCodes.AdaptiveAllocation,
        "Weights changed while participants were assigned: conversions are then judged by the assignments of those who converted, which no covariate can adjust.");

    public static Unavailable WindowsOpen(long closed, long participants) => new(
        ScoreCodes.WindowsOpen,
        $"Of {participants} participants the windows of {closed} are closed, and only these are judged: verdicts will gain from those that close.");

    public static Unavailable FewParticipants(string key, long participants, long needed) =>
        new(ScoreCodes.FewParticipants, $"Alternative '{key}' has {participants} of the {needed} participants that this needs.");

    public static Unavailable NoDenominator(string key, long participants) => new(
        ScoreCodes.NoDenominator,
        $"The events below the line sum to 0 or less among the {participants} participants of '{key}', so there is no ratio yet.");

    public static Unavailable FewBelow(string key, double effective, double needed) => new(
        ScoreCodes.FewParticipants,
        string.Create(CultureInfo.InvariantCulture, $"What is below the line in alternative '{key}' is worth {Math.Floor(effective)} participants who have the same there, and {needed} are needed before its ratio is nearly normal."));

    public static Unavailable FewRetained(string key, long least, double needed) => new(
        ScoreCodes.FewParticipants,
        string.Create(CultureInfo.InvariantCulture, $"In alternative '{key}' {least} participants came back, or did not, and {needed} of both are needed before its retention is nearly normal."));

    public static Unavailable NoSpread(string key) =>
        new(ScoreCodes.ZeroVariance, $"All totals in alternative '{key}' are the same, so there is no spread to judge a difference by.");

    public static Unavailable NoSpreadAnywhere() =>
        new(ScoreCodes.ZeroVariance, "All totals are the same in every alternative compared, so there is no spread to judge a difference by.");

    public static Unavailable NoConversions() =>
        new(ScoreCodes.NoConversions, "Nothing has been converted or measured yet.");

    public static Unavailable OtherMethod(string figure, params ReadOnlySpan<ScoreMethod> methods)
    {
        var names = new string[methods.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = $"method={methods[i].Name()}";
        }

        return new(ScoreCodes.OtherMethod, $"{figure} belongs to another method: ask with {string.Join(" or ", names)}.");
    }

    public static Unavailable ConversionOnly(string figure) =>
        new(ScoreCodes.ConversionOnly, $"{figure} is only defined for conversion metrics: ask with method=fixed or method=bayes.");

    public static Unavailable IsControl() =>
        new(ScoreCodes.IsControl, "This alternative is the control, which the others are compared with.");

    public static Unavailable Closed(string key) =>
        new(ScoreCodes.Closed, $"Alternative '{key}' is closed, so it cannot be the best.");

    public static Unavailable NoBase() =>
        new(ScoreCodes.NoBase, "Only one alternative is open: there is no second to compare with.");

    public static Unavailable NoLeast() =>
        new(ScoreCodes.NoConversions, "No alternative has a rate or mean other than 0 to compare with.");

    public static Unavailable NotBetterThanLeast(string least) =>
        new(ScoreCodes.NotBetterThanLeast, $"This alternative is not better than '{least}', the least.");

    public static Unavailable OutOfRange() =>
        new(ScoreCodes.OutOfRange, "The numbers are too large or too close together to compute this.");

    public static Unavailable FewConversions() =>
        new(ScoreCodes.FewConversions, "Fewer than 5 conversions, or 5 participants without one, are expected in one of the two alternatives: too few for the approximation that this rests on.");

    public static Unavailable FewConverters() =>
        new(ScoreCodes.FewConversions, "Fewer than 50 conversions, or 50 participants without one, are expected in the smaller of the two alternatives: too few for the sequence of their difference. The lift holds.");

    public static Unavailable FewMeasured(string key, long measured, long needed) =>
        new(ScoreCodes.FewParticipants, $"Alternative '{key}' has {measured} participants with an event, and {needed} are needed before its mean is nearly normal.");

    public static Unavailable UnboundedLift() =>
        new(ScoreCodes.Unbounded, "The control's conversions are too few to bound the lift: none, however large, can be excluded. More participants would bound it.");

    public static Unavailable UnknownWeights() =>
        new(ScoreCodes.UnknownWeights, "The weights under which participants were assigned are not known, and so few conversions can only be judged by them.");
}
