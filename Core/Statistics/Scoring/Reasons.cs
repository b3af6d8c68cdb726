namespace Bandstand.Statistics.Scoring;

/// <summary>The sentences of reasons, one place for each code.</summary>
internal static class Reasons
{
    public static MissingReason EmptyAlternative(string key) =>
        new(ScoreCodes.EmptyAlternative, $"Nobody takes part in alternative '{key}' yet.");

    public static MissingReason FewParticipants(string key, long participants, long needed) =>
        new(ScoreCodes.FewParticipants, $"Alternative '{key}' has {participants} of the {needed} participants that this needs.");

    public static MissingReason NoSpread(string key) =>
        new(ScoreCodes.ZeroVariance, $"All totals in alternative '{key}' are the same, so there is no spread to judge a difference by.");

    public static MissingReason NoSpreadAnywhere() =>
        new(ScoreCodes.ZeroVariance, "All totals are the same in every alternative compared, so there is no spread to judge a difference by.");

    public static MissingReason NoConversions() =>
        new(ScoreCodes.NoConversions, "Nothing has been converted or measured yet.");

    public static MissingReason OtherMethod(string figure, params ReadOnlySpan<ScoreMethod> methods)
    {
        var names = new string[methods.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = $"method={methods[i].Name()}";
        }

        return new(ScoreCodes.OtherMethod, $"{figure} belongs to another method: ask with {string.Join(" or ", names)}.");
    }

    public static MissingReason ConversionOnly(string figure) =>
        new(ScoreCodes.ConversionOnly, $"{figure} is only defined for conversion metrics: ask with method=fixed or method=bayes.");

    public static MissingReason IsControl() =>
        new(ScoreCodes.IsControl, "This alternative is the control, which the others are compared with.");

    public static MissingReason Closed(string key) =>
        new(ScoreCodes.Closed, $"Alternative '{key}' is closed, so it cannot be the best.");

    public static MissingReason NoBase() =>
        new(ScoreCodes.NoBase, "Only one alternative is open: there is no second to compare with.");

    public static MissingReason NoLeast() =>
        new(ScoreCodes.NoConversions, "No alternative has a rate or mean other than 0 to compare with.");

    public static MissingReason NotBetterThanLeast(string least) =>
        new(ScoreCodes.NotBetterThanLeast, $"This alternative is not better than '{least}', the least.");

    public static MissingReason Unbounded(string control) =>
        new(ScoreCodes.Unbounded, $"The mean of control '{control}' cannot be told from 0, so the ratio to it has no bounds: more data of the control are needed.");

    public static MissingReason OutOfRange() =>
        new(ScoreCodes.OutOfRange, "The numbers are too large or too close together to compute this.");

    public static MissingReason FixedNotYet() =>
        new(ScoreCodes.NotYet, "Fixed-horizon tests are not there yet: ask with method=bayes or classic.");

    public static MissingReason SequentialNotYet() =>
        new(ScoreCodes.NotYet, "Always-valid inference is not there yet: ask with method=fixed (one look, at a time chosen beforehand), bayes or classic.");
}
