using Bandstand.Experiments;

namespace Bandstand.Statistics.Scoring;

/// <summary>Collects the figures of one row; each that is not there becomes a null with its reason.</summary>
internal sealed class RowFigures(ArmData arm, MetricKind kind)
{
    private readonly List<UnavailableNumber> unavailable = [];

    public required Figure<double> Z { get; init; }

    public required Figure<double> Probability { get; init; }

    public required Figure<double> Difference { get; init; }

    public required Figure<LiftInterval> Lift { get; init; }

    public required Figure<double> PValue { get; init; }

    public required Figure<double> ProbabilityBest { get; init; }

    public required Figure<double> BeatsControl { get; init; }

    public required Figure<double> ExpectedLoss { get; init; }

    public ScoreRow Row() => new()
    {
        Alternative = arm.Key,
        ValueJson = arm.ValueJson,
        Participants = arm.Participants,
        Converted = arm.Converted,
        Conversions = arm.Conversions,
        IsOpen = arm.IsOpen,
        Rate = Number("rate", IfAny((double)arm.Converted / arm.Participants)),
        Mean = Number("mean", IfAny(Ranking.Unsigned(arm, kind))),
        StdDev = Number("stdDev", StandardDeviation()),
        Z = Number("z", Z),
        Probability = Number("probability", Probability),
        Difference = Number("difference", Difference),
        Lift = Interval("lift", Lift),
        PValue = Number("pValue", PValue),
        ProbabilityBest = Number("probabilityBest", ProbabilityBest),
        BeatsControl = Number("beatsControl", BeatsControl),
        ExpectedLoss = Number("expectedLoss", ExpectedLoss),
        Unavailable = unavailable,
    };

    private Figure<double> IfAny(double number) => arm.Participants == 0 ? Reasons.EmptyAlternative(arm.Key) : number;

    private Figure<double> StandardDeviation()
    {
        var totals = kind == MetricKind.Conversion ? Moments.FromConversions(arm.Participants, arm.Converted) : arm.Totals;
        return totals.StandardDeviation is { } deviation ? deviation
            : arm.Participants == 0 ? Reasons.EmptyAlternative(arm.Key)
            : Reasons.FewParticipants(arm.Key, arm.Participants, 2);
    }

    private double? Number(string field, Figure<double> figure)
    {
        if (figure.TryGet(out var number) && double.IsFinite(number))
        {
            return number;
        }

        Miss(field, figure.Reason);
        return null;
    }

    private LiftInterval? Interval(string field, Figure<LiftInterval> figure)
    {
        if (figure.TryGet(out var interval)
            && double.IsFinite(interval.Estimate) && double.IsFinite(interval.Lower) && double.IsFinite(interval.Upper))
        {
            return interval;
        }

        Miss(field, figure.Reason);
        return null;
    }

    private void Miss(string field, MissingReason? reason)
    {
        reason ??= Reasons.OutOfRange();
        unavailable.Add(new UnavailableNumber(field, reason.Code, reason.Detail));
    }
}
