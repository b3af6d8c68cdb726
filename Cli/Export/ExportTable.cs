using System.Text.Json;

namespace Bandstand.Cli.Export;

/// <summary>
/// An export as a table for spreadsheets: one row per metric and alternative, the counts first and then what each method says, its name before the
/// column's. What a server does not give is an empty cell.
/// </summary>
internal static class ExportTable
{
    private static readonly string[] Counts = ["participants", "converted", "conversions", "rate", "mean", "stdDev"];

    // Only of metrics with a covariate: what the totals were before, and what the adjustment is worth.
    private static readonly string[] Adjusted =
    [
        "adjusted.mean", "adjusted.varianceReduction",
        "adjusted.unadjustedLift.estimate", "adjusted.unadjustedLift.lower", "adjusted.unadjustedLift.upper",
    ];

    private static readonly (string Method, string[] Fields)[] Figures =
    [
        ("classic", ["z", "probability", "difference"]),
        ("bayes", ["probability", "probabilityBest", "expectedLoss", "credibleInterval.lower", "credibleInterval.upper", "lift.estimate", "lift.lower", "lift.upper"]),
        ("sequential", ["lift.estimate", "lift.lower", "lift.upper", "pValue", "eValue", "logE", "eBH", "beatsControl", .. Adjusted]),
        ("fixed", ["lift.estimate", "lift.lower", "lift.upper", "pValue", "beatsControl", .. Adjusted]),
    ];

    // Figures of a metric as a whole: the same in the row of every alternative.
    private static readonly (string Method, string[] Fields)[] Whole =
    [
        ("sequential", ["bestPValue"]),
        ("fixed", ["bestPValue"]),
    ];

    private static readonly string[] SampleRatio = ["sampleRatio.pValue", "sampleRatio.mismatch"];

    // Only of metrics with windows: who has had the whole of it.
    private static readonly string[] Mature = ["mature.participants", "mature.converted", "mature.rate", "mature.mean", "mature.stdDev"];

    // Only where weights changed, and alike whatever the method.
    private static readonly string[] Adaptive =
    [
        "adaptive.epochs", "adaptive.mean",
        .. from estimate in (string[])["sequence", "stratified", "inverseProbability", "adaptivelyWeighted"]
           from field in (string[])["estimate", "standardError", "lower", "upper"]
           select $"adaptive.{estimate}.{field}",
    ];

    public static IEnumerable<string> Write(ExportedExperiment export)
    {
        yield return Row(
        [
            "experiment", "status", "asOf", "metric", "alternative", "value", "control", "outcome", .. Counts,
            .. Figures.Concat(Whole).SelectMany(x => x.Fields.Select(field => $"{x.Method}.{field}")), .. SampleRatio, .. Mature, .. Adaptive,
        ]);
        foreach (var scores in export.Scores.GroupBy(x => x.Metric))
        {
            var byMethod = scores.ToDictionary(x => x.Method, x => x.Answer);
            var any = byMethod.Values.First();
            foreach (var key in any.GetProperty("alternatives").EnumerateArray().Select(x => Text(x, "alternative")))
            {
                yield return Row(Cells(export.Experiment, any, byMethod, scores.Key, key));
            }
        }
    }

    private static IEnumerable<string> Cells(
        JsonElement experiment, JsonElement any, Dictionary<string, JsonElement> byMethod, string metric, string key)
    {
        var counts = Alternative(any, key);
        string[] named =
        [
            Text(experiment, "id"), Text(experiment, "status"), Text(any, "asOf"), metric, key, Text(counts, "value"),
            Flag(Text(any, "control") == key), Flag(Text(experiment, "outcome") == key),
        ];
        return named
            .Concat(Counts.Select(field => Text(counts, field)))
            .Concat(Figures.SelectMany(x => x.Fields.Select(
                field => byMethod.TryGetValue(x.Method, out var score) ? Text(Alternative(score, key), field) : "")))
            .Concat(Whole.SelectMany(x => x.Fields.Select(field => byMethod.TryGetValue(x.Method, out var score) ? Text(score, field) : "")))
            .Concat(SampleRatio.Select(field => Text(any, field)))
            .Concat(Mature.Concat(Adaptive).Select(field => Text(counts, field)));
    }

    private static JsonElement? Alternative(JsonElement score, string key) =>
        score.GetProperty("alternatives").EnumerateArray().Where(x => Text(x, "alternative") == key).Cast<JsonElement?>().FirstOrDefault();

    private static string Flag(bool value) => value ? "true" : "false";

    // A path of names parted by points; empty where it leads nowhere. Text is written without quotes, everything else as JSON.
    private static string Text(JsonElement? element, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (element is not { ValueKind: JsonValueKind.Object } parent || !parent.TryGetProperty(name, out var child))
            {
                return "";
            }

            element = child;
        }

        return element!.Value.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => element.Value.GetString()!,
            _ => element.Value.GetRawText(),
        };
    }

    private static string Row(IEnumerable<string> cells) => string.Join(',', cells.Select(Quote));

    private static string Quote(string cell) => cell.AsSpan().ContainsAny("\",\r\n")
        ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : cell;
}
