using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bandstand.Cli.Export;

/// <summary>An export as one JSON object a line: everything, as the server answered, with a first field <c>record</c> that says what it is.</summary>
internal static class ExportLines
{
    public static IEnumerable<string> Write(ExportedExperiment export)
    {
        yield return Line("experiment", export.Experiment);
        foreach (var line in export.Scores.Select(x => Line("score", x.Answer))
            .Concat(export.Health.Select(x => Line("health", x)))
            .Concat(export.History.Select(x => Line("history", x)))
            .Concat(export.Epochs.Select(x => Line("epoch", x)))
            .Concat(export.Decisions.Select(x => Line("decision", x)))
            .Concat(export.Timesteps.Select(x => Line("timestep", x))))
        {
            yield return line;
        }
    }

    private static string Line(string record, JsonElement answer)
    {
        var line = new JsonObject { ["record"] = record };
        foreach (var field in answer.EnumerateObject())
        {
            line[field.Name] = JsonNode.Parse(field.Value.GetRawText());
        }

        return line.ToJsonString(JsonSerializerOptions.Web);
    }
}
