using System.Globalization;
using Bandstand.Statistics;

namespace Bandstand.Timesteps;

/// <summary>
/// How timesteps of any number of alternatives decide on all that was learnt: every close adds to what is believed of the
/// differences, which may drift and jump, and the lead goes to a challenger once it is probably better. Immutable.
/// </summary>
/// <remarks>
/// <para>What is believed is a function of the timesteps that were closed (the last <see cref="Memory"/>), so nothing else is stored and a
/// journal that is read again decides the same. See <see cref="DifferenceFilter"/> for the model.</para>
/// <para>Targets may be conversions or any values: only means in units of the targets' standard deviation matter.</para>
/// </remarks>
/// <param name="Certainty">Over 0 and under 1.</param>
/// <param name="Spell">1 or more.</param>
/// <param name="LowerIsBetter">Whether smaller means are better.</param>
public sealed record AdaptiveTimestepPolicy(
    double Certainty = AdaptiveTimestepPolicy.DefaultCertainty,
    double Spell = AdaptiveTimestepPolicy.DefaultSpell,
    bool LowerIsBetter = false) : ITimestepPolicy
{
    /// <summary>0.4.</summary>
    public const double DefaultCertainty = 0.4;

    /// <summary>0.6: with more than two alternatives there are more challengers to be mistaken about.</summary>
    public const double DefaultCertaintyOfMany = 0.6;

    /// <summary>12.</summary>
    public const double DefaultSpell = 12;

    /// <summary>How many of the closed timesteps are learnt from, the latest ones: 200.</summary>
    public const int Memory = 200;

    /// <summary>
    /// How probable it must be that a challenger is better than the winner, over 0 and under 1. That there is no difference counts
    /// against the challenger, and being worse must be less probable. Higher: fewer switches, later.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public double Certainty { get; init => field = CheckCertainty(value); } = CheckCertainty(Certainty);

    /// <summary>How many timesteps a difference lasts on average before it jumps, 1 or more. Smaller: forgets sooner.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public double Spell { get; init => field = CheckSpell(value); } = CheckSpell(Spell);

    /// <inheritdoc/>
    public TimestepResult Decide(
        int timestep, string winner, TimestepObservations? observations, IReadOnlyList<TimestepResult> closed, IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(closed);
        var learner = new AdaptiveLearner(Spell);
        foreach (var result in closed.Skip(closed.Count - Memory))
        {
            learner.Learn(result);
        }

        return Decide(learner, timestep, winner, observations, keys);
    }

    /// <summary>Decides a timestep with what was learnt before, and learns from it.</summary>
    /// <param name="learner">What earlier timesteps taught; it knows this one too afterwards.</param>
    /// <param name="timestep">Its number.</param>
    /// <param name="winner">The alternative that led before it.</param>
    /// <param name="observations">What was observed; null if nothing ever was.</param>
    /// <param name="keys">The alternatives in the order of the definition.</param>
    /// <exception cref="ArgumentException">The winner or the observations are of other alternatives.</exception>
    public TimestepResult Decide(
        AdaptiveLearner learner, int timestep, string winner, TimestepObservations? observations, IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(keys);
        if (observations is not null && !observations.Alternatives.Select(x => x.Alternative).SequenceEqual(keys, StringComparer.Ordinal))
        {
            throw new ArgumentException("The observations are of other alternatives.", nameof(observations));
        }

        var (status, problem) = Look(observations);
        var result = ClassicTimestepPolicy.Unchanged(timestep, winner, status, problem, observations ?? TimestepObservations.None(keys));
        learner.Learn(result);
        if (status is not (TimestepStatus.Ok or TimestepStatus.ZeroVarianceUnequal))
        {
            return result;
        }

        var leader = keys.Contains(winner, StringComparer.Ordinal) ? winner : observations!.Alternatives.First(x => x.Targets.Count >= 2).Alternative;
        var (challenger, belief) = Challenger(learner, leader, observations!);
        return challenger is null ? result : Judged(result, winner, leader, challenger, belief);
    }

    private static double CheckCertainty(double certainty) => certainty is > 0 and < 1
        ? certainty
        : throw new ArgumentOutOfRangeException(nameof(certainty), certainty, "The certainty must be over 0 and under 1.");

    private static double CheckSpell(double spell) => spell >= 1 && double.IsFinite(spell)
        ? spell
        : throw new ArgumentOutOfRangeException(nameof(spell), spell, "The spell must be 1 or more.");

    private static (TimestepStatus Status, string? Detail) Look(TimestepObservations? observations)
    {
        if (observations is null)
        {
            return (TimestepStatus.MissingFile, "nothing was observed");
        }

        if (observations.Unexpected > 0)
        {
            return (TimestepStatus.UnexpectedBanner, Text(
                $"{observations.Unexpected:N0} rows of a banner that is no alternative, such as '{observations.UnexpectedBanner}'; nothing is learnt"));
        }

        var shown = observations.Alternatives.Where(x => x.Rows > 0).ToList();
        var usable = shown.Where(x => x.Targets.Count >= 2).Select(x => x.Targets.Moments).ToList();
        return shown.Count == 0 ? (TimestepStatus.Empty, "no rows that can be read; nothing is learnt")
            : shown.Count == 1 ? (TimestepStatus.OneBanner, $"only '{shown[0].Alternative}' was shown; nothing is learnt")
            : usable.Count < 2 ? (TimestepStatus.DeviationUndefined, "fewer than two alternatives have 2 targets or more; nothing is learnt")
            : usable.Any(x => x.M2 > 0) ? (TimestepStatus.Ok, null)
            : usable.All(x => x.Mean == usable[0].Mean) ? (TimestepStatus.ZeroVariance, "all targets are the same; nothing is learnt")
            : (TimestepStatus.ZeroVarianceUnequal, "each alternative has one and the same target throughout, and they differ");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    // Who was not observed now cannot take the lead: it may have been closed.
    private (string? Challenger, DifferenceBelief Belief) Challenger(AdaptiveLearner learner, string leader, TimestepObservations observations)
    {
        var (challenger, best) = ((string?)null, default(DifferenceBelief));
        foreach (var key in observations.Alternatives.Where(x => x.Targets.Count >= 2).Select(x => x.Alternative).Where(key => key != leader))
        {
            var belief = learner.Compare(leader, key);
            belief = LowerIsBetter ? belief.Mirrored : belief;
            var better = IsEnough(belief) == IsEnough(best) ? belief.Mean > best.Mean : IsEnough(belief);
            if (challenger is null || better)
            {
                (challenger, best) = (key, belief);
            }
        }

        return (challenger, best);
    }

    private bool IsEnough(DifferenceBelief belief) => belief.Over > Certainty && belief.Over > belief.Under;

    // A winner that was removed is no longer the leader: then the first that was observed holds the place.
    private TimestepResult Judged(TimestepResult result, string winner, string leader, string challenger, DifferenceBelief belief)
    {
        var detail = Text(
            $"'{challenger}' is better than '{leader}' with a probability of {ProbabilityText.Of(belief.Over)}, worse with {ProbabilityText.Of(belief.Under)} and the same with {ProbabilityText.Of(belief.None)}; more than {100 * Certainty:0.#} % is needed");
        var now = IsEnough(belief) ? challenger : leader;
        return result with
        {
            Detail = result.Detail is null ? detail : $"{result.Detail}; {detail}",
            Significant = IsEnough(belief),
            Winner = now,
            Changed = now != winner,
        };
    }
}
