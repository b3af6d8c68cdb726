using System.Globalization;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Experiments;

/// <summary>Allocation and assignment.</summary>
internal sealed partial class ExperimentDefinitionReader
{
    private const double UsualFloor = 0.01;
    private const double LeastDiscount = 0.1;

    private AllocationDefinition Allocation(JsonFields fields, int arms)
    {
        if (fields.Object("allocation", "{\"policy\": \"bandit\"}") is not { } allocation)
        {
            return new FixedAllocation();
        }

        AllocationDefinition read = new FixedAllocation();
        if (Required(allocation, "policy", "Use fixed, bandit or timestep."))
        {
            switch (allocation.OneOf("policy", PolicyMeant, "fixed", "bandit", "timestep"))
            {
                case "bandit":
                    read = Bandit(allocation, arms);
                    break;
                case "timestep":
                    read = Timestep(allocation, arms);
                    break;
            }
        }

        allocation.Close();
        return read;
    }

    private static string? PolicyMeant(string word) => word switch
    {
        BanditAllocation.Thompson or BanditAllocation.TopTwo => $"It is an algorithm of a bandit: write {{\"policy\": \"bandit\", \"algorithm\": \"{word}\"}}.",
        "classic" or "adaptive" => $"It is how timesteps are decided: write {{\"policy\": \"timestep\", \"decide\": \"{word}\"}}.",
        _ => null,
    };

    private BanditAllocation Bandit(JsonFields fields, int arms)
    {
        var algorithm = fields.OneOf("algorithm", BanditAllocation.Thompson, BanditAllocation.TopTwo) ?? BanditAllocation.Thompson;
        var (assignments, period) = Every(fields);
        var floor = fields.Number("floor", n => n is >= 0 and <= 1, "from 0 to 1 / alternatives");
        var burnIn = fields.Whole("burnIn", 0, 1_000_000_000_000) ?? 100;
        var discount = fields.Number("discount", n => n is >= LeastDiscount and <= 1, "from 0.1 to 1, such as 0.98: how much figures count after each rebalance interval");
        var by = fields.Text("by", DefinitionLimits.WordLength);
        if (by is not null && discount is not (null or 1))
        {
            errors.Invalid(fields.PathOf("by"), ExperimentCodes.NotYet, "Weights by segment are learned from all figures alike, so they do not go with a discount. Leave out \"by\" or \"discount\".");
        }

        if (algorithm == BanditAllocation.TopTwo && arms == 2)
        {
            warnings.Add(new Warning(ExperimentCodes.Surprising, fields.PathOf("algorithm"), "With two alternatives \"top-two\" gives each half of the participants, whatever they do: half goes to who would be the best without the best. Use \"thompson\", or the policy \"fixed\"."));
        }

        if (floor * arms > 1 + 1e-12)
        {
            errors.Invalid(fields.PathOf("floor"), ExperimentCodes.FloorTooHigh, string.Create(CultureInfo.InvariantCulture, $"A floor of {floor} for each of {arms} alternatives is more than 1 in all. Use at most {Math.Floor(1e6 / arms) / 1e6}."));
        }

        if (floor is null && arms * UsualFloor > 1)
        {
            floor = 0.5 / arms;
            warnings.Add(new Warning(ExperimentCodes.Surprising, "$.allocation.floor", string.Create(CultureInfo.InvariantCulture, $"With {arms} alternatives the usual floor of 0.01 does not fit: {floor} is used. Give \"floor\" to choose.")));
        }

        return new BanditAllocation(algorithm, assignments, period, floor ?? UsualFloor, burnIn, discount ?? 1, by);
    }

    /// <summary>What a bandit learns by is split by as well, and has a mean that can be put together from parts.</summary>
    private void CheckBy(AllocationDefinition allocation, List<string> segments, List<MetricDefinition> metrics)
    {
        if (allocation is not BanditAllocation { By: { } by })
        {
            return;
        }

        const string path = "$.allocation.by";
        if (!segments.Contains(by))
        {
            errors.Invalid(path, ExperimentCodes.UnknownWord, segments.Count == 0
                ? $"Results are not split by '{by}', so nothing can be learned of its values. Declare \"segments\": [\"{by}\"], or leave out \"by\"."
                : $"Results are not split by '{by}', so nothing can be learned of its values. Add it to \"segments\", or use one of: {string.Join(", ", segments.Select(s => $"'{s}'"))}.");
        }

        if (metrics.FirstOrDefault(m => m.Primary)?.Kind is MetricKind.Ratio or MetricKind.Retention)
        {
            errors.Invalid(path, ExperimentCodes.WrongKind, "Weights by segment are learned from conversions, counts and values. Make one of those the primary metric, or leave out \"by\".");
        }
    }

    private (long? Assignments, TimeSpan? Period) Every(JsonFields fields)
    {
        if (fields.Object("every", "{\"assignments\": 500} or {\"period\": \"PT15M\"}") is not { } every)
        {
            return (EpochLimits.LeastAssignments, null);
        }

        var assignments = every.Whole("assignments", 1, 1_000_000_000_000);
        var period = every.Duration("period", DefinitionLimits.ShortestPeriod);
        if (!every.Has("assignments") && !every.Has("period"))
        {
            errors.Invalid(every.Path, ExperimentCodes.MissingField, "Nothing says when to rebalance. Give \"assignments\", \"period\" or both.");
        }

        every.Close();
        if (assignments < EpochLimits.LeastAssignments)
        {
            warnings.Add(new Warning(ExperimentCodes.Surprising, every.PathOf("assignments"), string.Create(CultureInfo.InvariantCulture, $"An epoch lasts at least {EpochLimits.LeastAssignments} assignments, so rebalancing every {assignments} acts as every {EpochLimits.LeastAssignments}.")));
        }

        return (assignments, period);
    }

    private TimestepAllocation Timestep(JsonFields fields, int arms)
    {
        var period = fields.Duration("period", DefinitionLimits.ShortestPeriod);
        var winnerShare = fields.Number("winnerShare", n => n is > 0 and <= 1, "over 0 and at most 1") ?? 0.8;
        var decide = fields.OneOf("decide", TimestepAllocation.Classic, TimestepAllocation.Adaptive) ?? TimestepAllocation.Classic;
        var alpha = fields.Number("alpha", n => n is > 0 and < 1, "over 0 and under 1, such as 0.05") ?? ClassicTimestepPolicy.DefaultAlpha;
        var test = fields.OneOf("test", "student", "welch") ?? "student";
        var countMultiplier = fields.Number("countMultiplier", n => n is > 0 and <= 1e6, "over 0 and at most 1e6");
        var certainty = fields.Number("certainty", n => n is > 0 and < 1, "over 0 and under 1, such as 0.4");
        var spell = fields.Number("spell", n => n is >= 1 and <= 1e6, "from 1 to 1e6 timesteps");
        if (decide == TimestepAllocation.Adaptive)
        {
            Idle(fields, decide, "alpha", "test", "countMultiplier");
            return new TimestepAllocation(
                period,
                winnerShare,
                decide,
                ClassicTimestepPolicy.DefaultAlpha,
                "student",
                ClassicTimestepPolicy.DefaultCountMultiplier,
                certainty ?? (arms > 2 ? AdaptiveTimestepPolicy.DefaultCertaintyOfMany : AdaptiveTimestepPolicy.DefaultCertainty),
                spell ?? AdaptiveTimestepPolicy.DefaultSpell);
        }

        Idle(fields, decide, "certainty", "spell");
        if (arms > 2)
        {
            errors.Invalid(fields.PathOf("decide"), ExperimentCodes.ClassicNeedsTwo, string.Create(CultureInfo.InvariantCulture, $"The classic decision compares exactly two alternatives, and there are {arms}. Leave two, or use \"decide\": \"adaptive\"."));
        }

        if (countMultiplier is null)
        {
            warnings.Add(new Warning(ExperimentCodes.Surprising, fields.PathOf("countMultiplier"), "Counts are multiplied by 5 before the test, as in the original procedure; on independent rows that makes far more false winners than alpha says. Give \"countMultiplier\": 1 for an honest test, or 5 to keep this without a warning."));
        }

        return new TimestepAllocation(period, winnerShare, decide, alpha, test, countMultiplier ?? ClassicTimestepPolicy.DefaultCountMultiplier);
    }

    /// <summary>A timestep with a period is decided by totals per participant so far.</summary>
    private void CheckReward(JsonFields fields, MetricDefinition? primary, AllocationDefinition allocation)
    {
        if (allocation is not TimestepAllocation { Period: not null })
        {
            return;
        }

        if (primary?.Kind is MetricKind.Ratio or MetricKind.Retention)
        {
            errors.Invalid(fields.PathOf("allocation") + ".period", ExperimentCodes.WrongKind, $"A timestep with a period is decided by totals per participant, and the primary metric '{TextRules.Shorten(primary.Id)}' is a ratio or retention. Make a conversion, count or value the primary metric, or leave \"period\" out and send observations.");
        }
        else if (primary?.Rule?.Window is { } window)
        {
            warnings.Add(new Warning(ExperimentCodes.Surprising, "$.allocation.period", $"When a timestep ends, totals so far decide it: those whose window of {IsoDuration.Format(window)} is still open count as they are. Remove \"window\" from '{TextRules.Shorten(primary.Id)}', or use a period much longer than it."));
        }
    }

    private void Idle(JsonFields fields, string decide, params string[] names)
    {
        foreach (var name in names.Where(fields.Has))
        {
            warnings.Add(new Warning(ExperimentCodes.Surprising, fields.PathOf(name), $"The setting has no effect with \"decide\": \"{decide}\". Leave it out."));
        }
    }

    private AssignmentDefinition Assignment(JsonFields fields)
    {
        if (fields.Object("assignment") is not { } assignment)
        {
            return new AssignmentDefinition(AssignmentDefinition.GrowthBookV2, id);
        }

        var hash = assignment.OneOf("hash", AssignmentDefinition.GrowthBookV2, AssignmentDefinition.VanityMd5) ?? AssignmentDefinition.GrowthBookV2;
        var seed = assignment.Text("seed", DefinitionLimits.SeedLength) ?? id;
        var hashAttribute = assignment.Text("hashAttribute", DefinitionLimits.WordLength) ?? "id";
        var traffic = assignment.Number("traffic", n => n is >= 0 and <= 1, "from 0 to 1") ?? 1;
        assignment.Close();
        return new AssignmentDefinition(hash, seed, hashAttribute, traffic);
    }

    private void CheckVanity(JsonFields fields, IReadOnlyList<AlternativeDefinition> alternatives, AllocationDefinition allocation)
    {
        const string remedy = "Use \"growthbook-v2\", or";
        if (alternatives.Select(a => a.Weight).Distinct().Count() > 1)
        {
            errors.Invalid(fields.PathOf("alternatives"), ExperimentCodes.VanityUnweighted, $"The hash \"vanity-md5\" gives every alternative the same share and knows no weights. {remedy} give equal weights.");
        }

        if (allocation is not FixedAllocation)
        {
            errors.Invalid(fields.PathOf("allocation"), ExperimentCodes.VanityUnweighted, $"The hash \"vanity-md5\" gives every alternative the same share, so weights cannot follow the results. {remedy} the policy \"fixed\".");
        }
    }
}
