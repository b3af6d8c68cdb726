using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Statistics.Scoring;
using static System.FormattableString;

namespace Bandstand.Statistics.Planning;

/// <summary>
/// Answers a question about sample size: whichever of effect, power and participants is not given is solved for; a power that is not given
/// beside one of the others missing is 0.8. Pure and thread-safe.
/// </summary>
public static class PowerPlanner
{
    /// <summary>The power when nobody says.</summary>
    public const double UsualPower = 0.8;

    /// <summary>Answers, or says which parameters are missing or do not go together.</summary>
    /// <param name="query">The question.</param>
    /// <param name="observed">The figures of the experiment it names, or null.</param>
    /// <param name="prefix">What errors put before a name.</param>
    public static Answer<PowerAnswer> Answer(PowerQuery query, ObservedTraffic? observed = null, string prefix = "?")
    {
        var errors = new ParameterErrors(prefix);
        var perDay = query.PerDay ?? observed?.PerDay;
        var participants = query.Participants ?? (query.Days is { } days && perDay is { } daily ? days * daily : null);
        var kind = query.Kind ?? observed?.Kind;
        var hasEffect = query.Lift is not null || query.Difference is not null;
        if (query.Days is not null && perDay is null)
        {
            errors.Invalid("perDay", ExperimentCodes.MissingField, "How many come in those days? Give how many new participants there are a day.");
        }

        if (kind is null)
        {
            errors.Invalid("kind", ExperimentCodes.MissingField, "What is measured? Give conversion, count, value, ratio or retention, or an experiment.");
        }

        if (!hasEffect && query.Participants is null && query.Days is null)
        {
            errors.Invalid("lift", ExperimentCodes.MissingField, "Give an effect (lift or difference) to learn how many participants find it, or participants to learn which effect they find.");
        }

        if (hasEffect && participants is not null && query.Power is not null)
        {
            errors.Invalid("power", ExperimentCodes.DuplicateField, "Effect, participants and power are all given, so nothing is left to solve for. Leave out one of them.");
        }

        var design = Design(query, observed, kind, errors);
        var difference = query.Difference ?? (query.Lift * Math.Abs(design.Baseline));
        CheckEffect(query, design, difference, errors);
        if (errors.Any)
        {
            return errors.ToRefusal();
        }

        var sign = ScoreRequest.SignOf(query.Goal ?? observed?.Goal ?? MetricGoal.Increase);
        var solved = Solve(design, difference, query.Power, participants, sign);
        if (!solved.TryGet(out var plan, out var reason))
        {
            return new Refusal(RefusalKind.Invalid, "no-such-plan", $"There is no such plan: {reason.Detail}");
        }

        return Complete(plan, kind!.Value, design, observed, perDay);
    }

    private static PowerDesign Design(PowerQuery query, ObservedTraffic? observed, MetricKind? kind, ParameterErrors errors)
    {
        var isProportion = kind is MetricKind.Conversion or MetricKind.Retention;
        var baseline = query.Baseline ?? observed?.Baseline;
        if (baseline is null && (isProportion || query.Lift is not null))
        {
            errors.Invalid("baseline", ExperimentCodes.MissingField, observed is null
                ? "Give the control's rate (0.05 is 5 %) or mean."
                : "The experiment has no figures of the control yet. Give its rate or mean.");
        }
        else if (isProportion && !(baseline is > 0 and < 1))
        {
            errors.Invalid("baseline", ExperimentCodes.OutOfRange, Invariant($"{baseline} is outside the range. Use a rate over 0 and under 1, such as 0.05 for 5 %."));
        }
        else if (query.Lift is not null && baseline == 0)
        {
            errors.Invalid("baseline", ExperimentCodes.OutOfRange, "A lift is relative to the baseline, which is 0. Give a difference.");
        }

        var deviation = query.StandardDeviation ?? observed?.StandardDeviation;
        if (kind is not null && !isProportion && !(deviation > 0))
        {
            errors.Invalid("stdDev", ExperimentCodes.MissingField, "Counts and values need the standard deviation of participants' totals, those without an event counting 0. Give it, or an experiment that has figures.");
        }

        var weights = query.Weights
            ?? (query.Alternatives is { } count ? [.. Enumerable.Repeat(1.0, count)] : observed?.Weights ?? [1.0, 1.0]);
        if (weights.Count < 2)
        {
            errors.Invalid("alternatives", ExperimentCodes.WrongCount, "Only one alternative of the experiment is open: there is nothing to compare. Open another, or give alternatives.");
        }

        return new PowerDesign
        {
            IsProportion = isProportion,
            Method = query.Method ?? observed?.Method ?? ScoreMethod.Sequential,
            Baseline = baseline ?? 0,
            StandardDeviation = deviation ?? double.NaN,
            EventShare = query.EventShare ?? observed?.EventShare ?? 1,
            Alpha = query.Alpha ?? observed?.Alpha ?? 0.05,
            Shares = [.. weights.Select(w => w / weights.Sum())],
        };
    }

    private static void CheckEffect(PowerQuery query, PowerDesign design, double? difference, ParameterErrors errors)
    {
        if (!errors.Any && design.IsProportion && difference is { } d && !(design.Baseline + d is > 0 and < 1))
        {
            errors.Invalid(
                query.Lift is null ? "difference" : "lift",
                ExperimentCodes.OutOfRange,
                Invariant($"The rate would become {design.Baseline + d:0.####}. Give an effect that leaves it over 0 and under 1."));
        }

        if (!errors.Any && difference is { } given && (given == 0 || !double.IsFinite(given) || Math.Abs(given) < 1e-12 * Math.Abs(design.Baseline)))
        {
            errors.Invalid(query.Lift is null ? "difference" : "lift", ExperimentCodes.OutOfRange, "The effect is too small or too large to compute with. Give another.");
        }
    }

    private static Estimate<Plan> Solve(PowerDesign design, double? difference, double? power, double? participants, int sign)
    {
        if (difference is not { } effect)
        {
            var asked = power ?? UsualPower;
            return PowerSolver.Difference(design, participants!.Value, asked, sign).Then<Plan>(d => new Plan("difference", d, asked, participants.Value));
        }

        if (participants is { } sample)
        {
            return new Plan("power", effect, PowerSolver.Power(design, effect, sample), sample);
        }

        var wanted = power ?? UsualPower;
        return PowerSolver.Participants(design, effect, wanted).Then<Plan>(n => new Plan("participants", effect, wanted, n));
    }

    private static PowerAnswer Complete(Plan plan, MetricKind kind, PowerDesign design, ObservedTraffic? observed, double? perDay)
    {
        var keys = observed is not null && observed.Alternatives.Count == design.Shares.Count ? observed.Alternatives : null;
        var alternatives = design.Shares
            .Select((share, i) => new PlannedAlternative(keys?[i], share, Whole(share * plan.Participants, plan.Solved == "participants")))
            .ToList();
        var participants = plan.Solved == "participants" ? alternatives.Sum(a => a.Participants) : plan.Participants;
        double? Other(PowerDesign other, double power) => power is > 0 and < 1 && PowerSolver.Participants(other, plan.Difference, power) is { IsAvailable: true } found
            ? Math.Ceiling(found.Value)
            : null;
        var isSequential = design.Method == ScoreMethod.Sequential;
        return new PowerAnswer(
            plan.Solved,
            kind,
            design,
            plan.Difference,
            design.Baseline == 0 ? null : plan.Difference / Math.Abs(design.Baseline),
            plan.Power,
            participants,
            alternatives,
            isSequential ? Other(design, 0.5) : null,
            Other(design with { Method = ScoreMethod.Fixed }, plan.Power),
            perDay,
            participants / perDay,
            observed?.Participants,
            observed is null ? null : Math.Max(0, participants - observed.Participants) / perDay,
            Warnings(plan, design, participants, observed));
    }

    private static List<Warning> Warnings(Plan plan, PowerDesign design, double participants, ObservedTraffic? observed)
    {
        var warnings = new List<Warning>();
        if (design.IsProportion)
        {
            var rate = Math.Min(design.Baseline, design.Baseline + plan.Difference);
            var least = participants * design.Shares.Min() * Math.Min(rate, 1 - Math.Max(design.Baseline, design.Baseline + plan.Difference));
            if (least < SequentialComparison.FewConverters)
            {
                warnings.Add(new Warning(ScoreCodes.FewConversions, "$.participants", Invariant($"About {least:0.#} are expected in the rarer outcome of one alternative: so few are judged by exact methods, and this plan by the normal approximation is rough.")));
            }
        }

        if (observed is { Participants: > 0 } && design.Method == ScoreMethod.Fixed && plan.Solved == "participants")
        {
            warnings.Add(new Warning(ExperimentCodes.Surprising, "$.method", "The experiment is running: a fixed test holds for one look at a sample that was chosen before the data were seen. Use method=sequential for a verdict at any time."));
        }

        return warnings;
    }

    /// <summary>A whole participant more, unless the number is whole but for rounding.</summary>
    private static double Whole(double participants, bool up) => up ? Math.Ceiling(participants - (1e-9 * participants)) : Math.Round(participants);

    private sealed record Plan(string Solved, double Difference, double Power, double Participants);
}
