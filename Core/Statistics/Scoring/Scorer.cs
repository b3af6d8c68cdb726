using Bandstand.Experiments;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Statistics.Scoring;

/// <summary>Judges the alternatives of an experiment by one metric: a pure function of the data.</summary>
/// <remarks>Thread-safe: it holds no state. The same data give the same bits, whoever asks and however often.</remarks>
public static class Scorer
{
    private static readonly Unavailable NoZ = Reasons.OtherMethod("The z-score", ScoreMethod.Classic);
    private static readonly Unavailable NoLevel = Reasons.OtherMethod("A level in percent", ScoreMethod.Classic, ScoreMethod.Bayes);

    /// <summary>The score of one metric.</summary>
    /// <param name="arms">The alternatives in definition order, with unique keys; one of them is the control.</param>
    /// <param name="request">The question.</param>
    /// <param name="others">
    /// The e-values of whatever else is asked of this experiment, such as <see cref="EValues(IReadOnlyList{ArmData}, ScoreRequest)"/> of its other metrics: what is called a
    /// discovery allows for all of them. Null: nothing else is asked.
    /// </param>
    /// <exception cref="ArgumentException">The alternatives contradict themselves or the request: a mistake of the caller.</exception>
    public static ScoreReport Score(IReadOnlyList<ArmData> arms, ScoreRequest request, IReadOnlyList<double>? others = null)
    {
        ScoreGuard.Check(arms, request);
        var adjusted = AdjustedFigures.Of(arms, request);
        var (tested, asTested) = (adjusted.Arms, adjusted.Adapt(request));
        var means = AdaptiveFigures.Means(tested, asTested.Kind);
        var ranking = new Ranking(tested, asTested.Kind, request.Sign, request.Method == ScoreMethod.Sequential ? means : null);
        var comparison = ArmComparison.Of(asTested);
        var control = Control(arms, request);
        var bayes = new BayesFigures(arms, request, ranking, control);
        var discoveries = new Discoveries(EValues(tested, request, comparison), control, others ?? []);
        var rows = Rows(arms, request, tested, asTested, ranking, comparison, means, discoveries, bayes);
        var holm = BestPValue(tested, request, ranking, comparison);
        double? bestPValue = holm is { } figure && figure.TryGet(out var p, out _) ? p : null;
        var sampleRatio = request.SampleRatio ?? SampleRatioCheck.Of([.. arms.Select(arm => arm.Everybody())]);
        return new ScoreReport
        {
            Method = request.Method,
            Metric = request.Metric,
            Segment = request.Segment,
            Kind = request.Kind,
            Goal = request.Sign < 0 ? MetricGoal.Decrease : MetricGoal.Increase,
            Confidence = request.Confidence,
            Participants = arms.Sum(arm => arm.Everybody().Participants),
            Epoch = request.Epoch,
            AsOf = request.AsOf,
            Control = request.Control,
            Alternatives = rows,
            Base = Key(arms, ranking.Base),
            Best = Key(arms, ranking.Best),
            Least = Key(arms, ranking.Least),
            Choice = request.Outcome ?? Key(arms, Choice(request, ranking, best => rows[best].Probability, bestPValue)),
            BestPValue = bestPValue,
            Questions = discoveries.Questions,
            SampleRatio = sampleRatio,
            Epochs = request.Epochs ? ScoreEpoch.Of(arms, request.Kind) : null,
            ValueRemaining = ValueRemainingFigure.Of(bayes.Remaining),
            Missing = Verdict.Missing(tested, asTested, ranking, rows, holm, comparison),
            Adjustment = adjusted.Adjustment,
            Warnings = Verdict.Warnings(arms, request, means is not null, sampleRatio),
        };
    }

    /// <summary>
    /// <see cref="ScoreReport.Choice"/> of <see cref="Score"/> and nothing else, at a fraction of its cost: where the best cannot be told from the one
    /// that is closest to it, no other is asked about.
    /// </summary>
    /// <param name="arms">The alternatives in definition order, with unique keys; one of them is the control.</param>
    /// <param name="request">The question.</param>
    /// <exception cref="ArgumentException">The alternatives contradict themselves or the request: a mistake of the caller.</exception>
    public static string? Choice(IReadOnlyList<ArmData> arms, ScoreRequest request)
    {
        ScoreGuard.Check(arms, request);
        var adjusted = AdjustedFigures.Of(arms, request);
        var (tested, asTested) = (adjusted.Arms, adjusted.Adapt(request));
        var ranking = new Ranking(tested, asTested.Kind, request.Sign, request.Method == ScoreMethod.Sequential ? AdaptiveFigures.Means(tested, asTested.Kind) : null);
        var isTested = request.Method is ScoreMethod.Fixed or ScoreMethod.Sequential;
        return request.Outcome ?? Key(arms, Choice(request, ranking, Probability, isTested ? SurePValue(tested, request, ranking, ArmComparison.Of(asTested)) : null));

        double? Probability(int best)
        {
            var figure = request.Method == ScoreMethod.Classic
                ? ClassicFigures.Score(arms, best, request, ranking).Level
                : new BayesFigures(arms, request, ranking, Control(arms, request)).ProbabilityBest(best).Then<double>(p => 100 * p);
            return figure.TryGet(out var percent, out _) ? percent : null;
        }
    }

    /// <summary>
    /// The posterior probability that each alternative is the best, to be used as its weight (Thompson 1933; Scott 2010). Closed ones
    /// get 0. An open one of a count or value metric with fewer than two participants, or where no alternative has any
    /// spread, has no posterior: it gets an even share, and the others share the rest by their probabilities.
    /// </summary>
    /// <remarks>
    /// Conversions: Beta(1 + converted, 1 + participants − converted), exact by quadrature, so that an alternative without
    /// participants looks promising. Deterministic: the same data give the same bits. Pure and thread-safe.
    /// </remarks>
    /// <param name="arms">The alternatives.</param>
    /// <param name="sign">+1 when more is better, −1 when less is better.</param>
    /// <param name="kind">What kind of totals the metric makes.</param>
    /// <returns>One number per alternative, 0 to 1, summing to 1 unless every alternative is closed.</returns>
    public static double[] ProbabilityBest(ReadOnlySpan<ArmData> arms, int sign, MetricKind kind) =>
        AllocationProbability.ProbabilityBest(arms, sign, kind);

    /// <summary>
    /// The e-values of one metric, for each alternative but the control, in definition order; 1, which says nothing, where there is none.
    /// What <see cref="Score"/> is given of other questions.
    /// </summary>
    /// <param name="arms">The alternatives in definition order, with unique keys; one of them is the control.</param>
    /// <param name="request">The question.</param>
    /// <exception cref="ArgumentException">The alternatives contradict themselves or the request: a mistake of the caller.</exception>
    public static double[] EValues(IReadOnlyList<ArmData> arms, ScoreRequest request)
    {
        ScoreGuard.Check(arms, request);
        var adjusted = AdjustedFigures.Of(arms, request);
        return EValues(adjusted.Arms, request, ArmComparison.Of(adjusted.Adapt(request)));
    }

    private static double[] EValues(IReadOnlyList<ArmData> arms, ScoreRequest request, ArmComparison comparison)
    {
        var control = arms[Control(arms, request)];
        return [.. arms.Where(arm => arm.Key != control.Key).Select(arm => comparison.Evidence(arm, control).TryGet(out var e, out _) ? e.EValue : 1)];
    }

    private static int Control(IReadOnlyList<ArmData> arms, ScoreRequest request) => arms.TakeWhile(arm => arm.Key != request.Control).Count();

    private static ScoreRow[] Rows(
        IReadOnlyList<ArmData> arms,
        ScoreRequest request,
        IReadOnlyList<ArmData> tested,
        ScoreRequest asTested,
        Ranking ranking,
        ArmComparison comparison,
        double[]? means,
        Discoveries discoveries,
        BayesFigures bayes)
    {
        var control = Control(arms, request);
        var rows = new ScoreRow[arms.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var isControl = i == control;
            var (z, level) = ClassicFigures.Score(arms, i, request, ranking);
            var evidence = isControl ? Reasons.IsControl() : comparison.Evidence(tested[i], tested[control]);
            rows[i] = new RowFigures(arms[i], request.Kind)
            {
                Z = request.Method == ScoreMethod.Classic ? z : NoZ,
                Probability = request.Method switch
                {
                    ScoreMethod.Classic => level,
                    ScoreMethod.Bayes => bayes.ProbabilityBest(i).Then<double>(p => 100 * p),
                    _ => NoLevel,
                },
                Difference = ClassicFigures.Difference(arms, i, ranking),
                Lift = isControl ? Reasons.IsControl() : comparison.Lift(tested[i], tested[control]),
                PValue = isControl ? Reasons.IsControl() : comparison.PValue(tested[i], tested[control]),
                EValue = evidence.Then<double>(e => e.EValue),
                LogE = evidence.Then(e => Reasons.Finite(e.LogE)),
                EBH = evidence.Then<double>(_ => discoveries.Level(i)),
                ProbabilityBest = bayes.ProbabilityBest(i),
                BeatsControl = bayes.BeatsControl(i),
                ExpectedLoss = bayes.ExpectedLoss(i),
                CredibleInterval = bayes.CredibleInterval(i),
                Adaptive = means is null ? null : AdaptiveFigures.Of(tested, i, control, asTested, means),
                Adjusted = tested[i].Adjusted is null ? null : Unadjusted(arms, request, tested, i, control),
            }.Row();
        }

        return rows;
    }

    private static AdjustedRow Unadjusted(IReadOnlyList<ArmData> arms, ScoreRequest request, IReadOnlyList<ArmData> tested, int index, int control)
    {
        LiftInterval? lift = null;
        if (index != control)
        {
            ArmComparison.Of(request).Lift(arms[index], arms[control]).TryGet(out lift, out _);
        }

        return new AdjustedRow(tested[index].Totals.Mean, index == control ? null : AdjustedFigures.Reduction(tested[index], tested[control]), lift);
    }

    /// <summary>The largest of the best's p-values against every other, after Holm's correction: at most α when all are rejected.</summary>
    private static Estimate<double>? BestPValue(IReadOnlyList<ArmData> arms, ScoreRequest request, Ranking ranking, ArmComparison comparison)
    {
        if (ranking.Best is not { } best || ranking.Candidates.Count < 2)
        {
            return null;
        }

        var values = new List<double>(ranking.Candidates.Count - 1);
        foreach (var other in ranking.Candidates.Where(i => i != best))
        {
            var figure = comparison.PValue(arms[best], arms[other]);
            if (!figure.TryGet(out var p, out _))
            {
                return figure;
            }

            // A difference the other way, however clear, does not speak for the best.
            values.Add(comparison.Direction(arms[best], arms[other]) * request.Sign < 0 ? 1 : p);
        }

        return new Estimate<double>(MultipleComparisons.Holm([.. values]).Max());
    }

    /// <summary>Whether everybody the best is compared with is rejected: no if one is not before any correction, the closest being asked first.</summary>
    private static double? SurePValue(IReadOnlyList<ArmData> arms, ScoreRequest request, Ranking ranking, ArmComparison comparison)
    {
        if (ranking.Best is not { } best || request.Probability is not { } percent)
        {
            return null;
        }

        var closest = ranking.Ascending.Reverse().FirstOrDefault(i => i != best, best);
        return closest != best && !(comparison.PValue(arms[best], arms[closest]).TryGet(out var one, out _) && one <= (100 - percent) / 100) ? null
            : BestPValue(arms, request, ranking, comparison) is { } figure && figure.TryGet(out var p, out _) ? p : null;
    }

    private static int? Choice(ScoreRequest request, Ranking ranking, Func<int, double?> probability, double? bestPValue)
    {
        if (request.Probability is not { } percent || ranking.Best is not { } best)
        {
            return null;
        }

        var isSure = request.Method is ScoreMethod.Classic or ScoreMethod.Bayes
            ? probability(best) >= percent
            : bestPValue <= (100 - percent) / 100;
        return isSure ? best : null;
    }

    private static string? Key(IReadOnlyList<ArmData> arms, int? index) => index is { } i ? arms[i].Key : null;
}
