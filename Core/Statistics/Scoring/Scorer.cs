namespace Bandstand.Statistics.Scoring;

/// <summary>Judges the alternatives of an experiment by one metric: a pure function of the data.</summary>
/// <remarks>Thread-safe: it holds no state.</remarks>
public static class Scorer
{
    /// <summary>The score of one metric.</summary>
    /// <param name="arms">The alternatives in definition order, with unique keys.</param>
    /// <param name="request">The question.</param>
    public static ScoreReport Score(IReadOnlyList<ArmData> arms, ScoreRequest request)
    {
        var rows = arms.Select(Describe).ToArray();
        return new ScoreReport
        {
            Method = request.Method,
            Metric = request.Metric,
            Participants = arms.Sum(a => a.Participants),
            Epoch = request.Epoch,
            AsOf = request.AsOf,
            Control = request.Control,
            Alternatives = rows,
            SampleRatio = new SampleRatio(null, false, new MissingReason(ScoreCodes.NotYet, "The sample ratio is not computed yet.")),
            Missing = [new MissingReason(ScoreCodes.NotYet, $"The method {request.Method.Name()} is not computed yet.")],
            Choice = request.Outcome,
        };
    }

    private static ScoreRow Describe(ArmData arm)
    {
        string[] fields = ["z", "probability", "difference", "lift", "pValue", "probabilityBest", "beatsControl", "expectedLoss"];
        var empty = arm.Participants == 0;
        return new ScoreRow
        {
            Alternative = arm.Key,
            ValueJson = arm.ValueJson,
            Participants = arm.Participants,
            Converted = arm.Converted,
            Conversions = arm.Conversions,
            Rate = empty ? null : (double)arm.Converted / arm.Participants,
            Mean = empty ? null : arm.Totals.Mean,
            StdDev = arm.Totals.StandardDeviation,
            Unavailable = [.. fields.Select(f => new UnavailableNumber(f, ScoreCodes.NotYet, "This number is not computed yet."))],
        };
    }
}
