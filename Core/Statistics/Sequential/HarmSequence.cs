using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.Sequential;

/// <summary>The totals of an alternative and of the control under one set of weights.</summary>
/// <param name="Arm">Moments of the alternative's participants.</param>
/// <param name="Control">Moments of the control's participants.</param>
/// <param name="Events">Participants of both with at least one event.</param>
public readonly record struct HarmStratum(Moments Arm, Moments Control, long Events);

/// <summary>
/// A one-sided asymptotic e-process of counts and values: is an alternative's mean worse than the control's by more than it may be?
/// </summary>
/// <remarks>
/// <para>The difference is that of each stratum, weighted by n_a n_c / (n_a + n_c), so that a rate that drifts while weights change is
/// not taken for an effect. Its variance is the larger of Welch's and the pooled one, both from within strata: the pooled one keeps an alternative that
/// stopped earning from looking certain of it, Welch's one a few large totals from looking like nothing.</para>
/// <para>The e-value is the half-normal mixture 2/√(Tρ² + 1) · exp(z²R/2) Φ(z√R), R = Tρ²/(Tρ² + 1) (Robbins 1970; Howard, Ramdas, McAuliffe and
/// Sekhon 2021, section 3.2, one-sided), with the studentised z of Waudby-Smith et al. (2024). T counts participants with an event, scaled to an even split;
/// ρ² is tightest at T = 500. Asymptotic: it holds as far as the estimate is nearly normal, which is why it says nothing before
/// <see cref="LeastEvents"/> are to be expected in the smaller of the two; simulated errors are in docs/statistics.md. Pure.</para>
/// </remarks>
public static class HarmSequence
{
    /// <summary>Participants with an event to be expected in the smaller of the two before anything is said.</summary>
    public const double LeastEvents = 100;

    private static readonly double Rho = new AsymptoticSequence(500, 0.01).Rho;

    /// <summary>How much worse the alternative is and the evidence that it is more than the margin; null before there are enough events.</summary>
    /// <param name="strata">One per set of weights; those where one of the two is empty say nothing.</param>
    /// <param name="sign">+1 when more is better, −1 when less is better.</param>
    /// <param name="margin">By how much it may be worse, 0 or more, in the metric's unit per participant.</param>
    public static (double Harm, Evidence Evidence)? Of(IReadOnlyList<HarmStratum> strata, int sign, double margin)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(margin);
        double weights = 0, harm = 0, armVariance = 0, controlVariance = 0, armSquares = 0, controlSquares = 0, clock = 0, expected = 0;
        long armFree = 0, controlFree = 0;
        foreach (var (arm, control, events) in strata)
        {
            if (arm.Count == 0 || control.Count == 0)
            {
                continue;
            }

            double all = arm.Count + control.Count, weight = arm.Count * (control.Count / all);
            weights += weight;
            harm += weight * sign * (control.Mean - arm.Mean);
            armVariance += weight * weight / arm.Count;
            controlVariance += weight * weight / control.Count;
            (armSquares, armFree) = (armSquares + arm.M2, armFree + arm.Count - 1);
            (controlSquares, controlFree) = (controlSquares + control.M2, controlFree + control.Count - 1);
            clock += 4 * (arm.Count / all) * (control.Count / all) * events;
            expected += Math.Min(arm.Count, control.Count) / all * events;
        }

        if (expected < LeastEvents || armFree < 1 || controlFree < 1)
        {
            return null;
        }

        var welch = (armVariance * armSquares / armFree) + (controlVariance * controlSquares / controlFree);
        var pooled = (armVariance + controlVariance) * (armSquares + controlSquares) / (armFree + controlFree);
        var deviation = Math.Sqrt(Math.Max(welch, pooled)) / weights;
        harm /= weights;
        if (!(deviation > 0) || !double.IsFinite(harm) || !double.IsFinite(deviation))
        {
            return null;
        }

        var z = (harm - margin) / deviation;
        var information = clock * Rho * Rho;
        var share = information / (information + 1);
        return (harm, new Evidence(HalfNormal(z * Math.Sqrt(share)) - (Elementary.Log1P(information) / 2)));
    }

    /// <summary>ln(2 Φ(x) e^{x²/2}), which falls as 1/|x| where Φ itself can no longer be told from 0.</summary>
    private static double HalfNormal(double x) => x > -30
        ? Math.Log(2 * Normal.Cdf(x)) + (Math.Min(x * x, 1e300) / 2)
        : Math.Log(2 / (-x * Math.Sqrt(2 * Math.PI)));

    /// <summary>How many further participants with an event it takes at least until anything is said.</summary>
    /// <param name="events">Participants of both with an event so far.</param>
    public static long EventsUntil(long events) => Math.Max(1, (long)(2 * LeastEvents) - events);
}
