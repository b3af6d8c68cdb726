using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Bandstand.Cli.Power;

/// <summary>A plan in sentences.</summary>
internal static class PowerText
{
    public static string Of(JsonElement plan)
    {
        var text = new StringBuilder();
        var isSequential = plan.GetProperty("method").GetString() == "sequential";
        var effect = Number(plan, "lift") is { } lift ? $"a lift of {Write(100 * lift)} % (difference {Write(Number(plan, "difference")!.Value)})" : $"a difference of {Write(Number(plan, "difference")!.Value)}";
        text.Append(CultureInfo.InvariantCulture, $"{People(Number(plan, "participants"))} participants in all find {effect} from a baseline of {Write(Number(plan, "baseline")!.Value)} with a power of {Write(100 * Number(plan, "power")!.Value)} %.");
        var shares = plan.GetProperty("alternatives").EnumerateArray()
            .Select((a, i) => $"{a.GetProperty("alternative").GetString() ?? (i == 0 ? "control" : $"alternative {i}")} {People(Number(a, "participants"))}");
        text.Append(CultureInfo.InvariantCulture, $"\nThat is {string.Join(", ", shares)}.");
        var comparisons = plan.GetProperty("comparisons").GetInt32();
        text.Append(CultureInfo.InvariantCulture, $"\nThe test may err in {Write(100 * Number(plan, "alpha")!.Value)} % of experiments without a difference{(comparisons == 1 ? "" : $", {comparisons} comparisons with the control together")}{(isSequential ? ", however often you look." : "; look once, at the end.")}");
        if (Number(plan, "medianParticipants") is { } median)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nHalf of the experiments with this effect have found it by {People(median)} participants.");
        }

        if (isSequential && Number(plan, "fixedParticipants") is { } once)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nOne look at a time chosen beforehand would need {People(once)}.");
        }

        if (Number(plan, "days") is { } days)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nAt {People(Number(plan, "perDay"))} new participants a day that takes {Write(days)} days.");
        }

        if (Number(plan, "present") is { } present)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nThere are {People(present)} already{(Number(plan, "daysLeft") is { } left ? $"; the rest takes {Write(left)} days" : "")}.");
        }

        foreach (var warning in plan.GetProperty("warnings").EnumerateArray())
        {
            text.Append(CultureInfo.InvariantCulture, $"\nwarning: {warning.GetProperty("detail").GetString()}");
        }

        return text.ToString();
    }

    private static double? Number(JsonElement plan, string name) => plan.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    private static string People(double? number) => number?.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' ') ?? "?";

    private static string Write(double number) => number.ToString(Math.Abs(number) >= 1000 ? "0.#" : "G4", CultureInfo.InvariantCulture);
}
