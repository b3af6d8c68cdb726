namespace Bandstand.Statistics.Scoring;

/// <summary>What the posteriors say of each alternative; the same under every method.</summary>
internal sealed class BayesFigures
{
    private static readonly Unavailable NoValue = Reasons.OtherMethod("The value remaining", ScoreMethod.Bayes);
    private static readonly Unavailable NoInterval = Reasons.OtherMethod("A credible interval", ScoreMethod.Bayes);

    private readonly Posteriors posteriors;
    private readonly int control;
    private readonly Estimate<double>[] best;
    private readonly Estimate<double>[] loss;
    private readonly Estimate<double>[] beats;
    private readonly bool isBayes;
    private readonly double confidence;

    public BayesFigures(IReadOnlyList<ArmData> arms, ScoreRequest request, Ranking ranking, int control)
    {
        this.control = control;
        (isBayes, confidence) = (request.Method == ScoreMethod.Bayes, request.Confidence);
        posteriors = new Posteriors(arms, request.Kind, request.Sign, request.Prior);
        best = new Estimate<double>[arms.Count];
        loss = new Estimate<double>[arms.Count];
        beats = new Estimate<double>[arms.Count];
        for (int i = 0, k = 0; i < arms.Count; i++)
        {
            if (k < ranking.Candidates.Count && ranking.Candidates[k] == i)
            {
                k++;
            }
            else
            {
                best[i] = loss[i] = Reasons.Closed(arms[i].Key);
            }
        }

        // Best of all is a question to all: one that says nothing yet leaves it open for everyone.
        var reason = ranking.Candidates.Select(posteriors.Missing).FirstOrDefault(r => r is not null);
        var place = ranking.Candidates.TakeWhile(i => i != control).Count();
        var reference = place < ranking.Candidates.Count ? place : -1;
        var comparison = reason is null ? posteriors.Compare(ranking.Candidates, reference) : null;
        Remaining = !isBayes ? NoValue
            : comparison is null ? reason!
            : posteriors.Remaining(ranking.Candidates, comparison.ProbabilityBest);
        for (var k = 0; k < ranking.Candidates.Count; k++)
        {
            var i = ranking.Candidates[k];
            best[i] = comparison is null ? reason! : Reasons.Finite(comparison.ProbabilityBest[k]);
            loss[i] = comparison is null ? reason! : Reasons.Finite(comparison.ExpectedLoss[k]);
            if (comparison is not null && reference >= 0)
            {
                beats[i] = Reasons.Finite(comparison.BeatsReference[k]);
            }
        }
    }

    /// <summary>What going on may still gain.</summary>
    public Estimate<double> Remaining { get; }

    /// <summary>Where the rate or mean lies with the request's confidence.</summary>
    public Estimate<Interval> CredibleInterval(int index) => !isBayes ? NoInterval
        : posteriors.Missing(index) is { } reason ? reason
        : posteriors.CredibleInterval(index, confidence);

    /// <summary>P(best of all open alternatives).</summary>
    public Estimate<double> ProbabilityBest(int index) => best[index];

    /// <summary>E[mean of the true best] − E[mean].</summary>
    public Estimate<double> ExpectedLoss(int index) => loss[index];

    /// <summary>P(better than the control).</summary>
    public Estimate<double> BeatsControl(int index)
    {
        if (index == control)
        {
            return Reasons.IsControl();
        }

        // The comparison of all has said it, unless one of the two takes no part in it.
        if (beats[index].IsAvailable)
        {
            return beats[index];
        }

        return (posteriors.Missing(index) ?? posteriors.Missing(control)) is { } reason
            ? reason
            : Reasons.Finite(posteriors.Compare([index, control]).ProbabilityBest[0]);
    }
}
