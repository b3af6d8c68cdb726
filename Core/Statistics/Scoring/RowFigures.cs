using Bandstand.Experiments;

namespace Bandstand.Statistics.Scoring;

/// <summary>Collects the figures of one row; each that is not there becomes a null with its reason.</summary>
internal readonly ref struct RowFigures(ArmData judged, MetricKind kind)
{
    private readonly ArmData arm = judged.Everybody();
    private readonly List<UnavailableNumber> unavailable = new(10);

    public required Estimate<double> Z { get; init; }

    public required Estimate<double> Probability { get; init; }

    public required Estimate<double> Difference { get; init; }

    public required Estimate<LiftInterval> Lift { get; init; }

    public required Estimate<double> PValue { get; init; }

    public required Estimate<double> EValue { get; init; }

    public required Estimate<double> LogE { get; init; }

    public required Estimate<double> EBH { get; init; }

    public required Estimate<double> ProbabilityBest { get; init; }

    public required Estimate<double> BeatsControl { get; init; }

    public required Estimate<double> ExpectedLoss { get; init; }

    public required Estimate<Interval> CredibleInterval { get; init; }

    public AdaptiveEstimates? Adaptive { get; init; }

    public AdjustedRow? Adjusted { get; init; }

    public ScoreRow Row() => new()
    {
        Alternative = arm.Key,
        ValueJson = arm.ValueJson,
        Participants = arm.Participants,
        Converted = arm.Converted,
        Conversions = arm.Conversions,
        IsOpen = arm.IsOpen,
        Rate = Number("rate", IfAny((double)arm.Converted / arm.Participants)),
        Mean = Number("mean", arm.Pending is { } reason ? reason : IfAny(Ranking.Unsigned(arm, kind))),
        StdDev = Number("stdDev", StandardDeviation()),
        Z = Number("z", Z),
        Probability = Number("probability", Probability),
        Difference = Number("difference", Difference),
        Lift = Interval("lift", Lift),
        PValue = Number("pValue", PValue),
        EValue = Number("eValue", EValue),
        LogE = Number("logE", LogE),
        EBH = Number("eBH", EBH),
        ProbabilityBest = Number("probabilityBest", ProbabilityBest),
        BeatsControl = Number("beatsControl", BeatsControl),
        ExpectedLoss = Number("expectedLoss", ExpectedLoss),
        CredibleInterval = Credible(CredibleInterval),
        Adaptive = Adaptive,
        Adjusted = Adjusted,
        Mature = judged.SoFar is not { HasWindow: true } ? null : Matured(),
        Unavailable = unavailable,
    };

    private Estimate<double> IfAny(double number) => arm.Participants == 0 ? Reasons.EmptyAlternative(arm) : number;

    private MatureRow Matured() => judged.Participants == 0
        ? new MatureRow(judged.Closed, 0, judged.Closed == 0 ? null : 0, null, null)
        : new MatureRow(
            judged.Participants, judged.Converted, (double)judged.Converted / judged.Participants, Ranking.Unsigned(judged, kind), Totals(judged).StandardDeviation);

    private Moments Totals(ArmData of) => kind == MetricKind.Conversion ? Moments.FromConversions(of.Participants, of.Converted) : of.Totals;

    private Estimate<double> StandardDeviation()
    {
        return Totals(arm).StandardDeviation is { } deviation ? deviation
            : arm.Participants == 0 || arm.Pending is not null ? Reasons.EmptyAlternative(arm)
            : Reasons.FewParticipants(arm.Key, arm.Participants, 2);
    }

    private double? Number(string field, Estimate<double> figure)
    {
        if (figure.TryGet(out var number, out var reason))
        {
            return number;
        }

        Miss(field, reason);
        return null;
    }

    private LiftInterval? Interval(string field, Estimate<LiftInterval> figure)
    {
        if (figure.TryGet(out var interval, out var reason))
        {
            return interval;
        }

        Miss(field, reason);
        return null;
    }

    private Interval? Credible(Estimate<Interval> figure)
    {
        if (figure.TryGet(out var interval, out var reason))
        {
            return interval;
        }

        Miss("credibleInterval", reason);
        return null;
    }

    private void Miss(string field, Unavailable reason) =>
        unavailable.Add(new UnavailableNumber(field, reason.Code, reason.Detail));
}
