using System.Text.Json;
using Bandstand.Allocation;
using Bandstand.Cli.Export;

namespace Bandstand.Cli.Evaluate;

/// <summary>Finds in an export what one metric's evaluation takes.</summary>
internal static class RecordingFile
{
    /// <summary>Reads an export of JSON lines.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metric">The metric's id, or null: the primary one.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="CommandException">It is none, or lacks something; the message names line and remedy.</exception>
    public static async Task<RecordedExperiment> ReadAsync(string path, string? metric, CancellationToken cancellationToken)
    {
        JsonElement? experiment = null;
        var scores = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var number = 0;
        await foreach (var line in File.ReadLinesAsync(path, cancellationToken).ConfigureAwait(false))
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }

            var json = Parse(line) is { ValueKind: JsonValueKind.Object } parsed && parsed.TryGetProperty("record", out var record) && record.ValueKind == JsonValueKind.String
                ? parsed
                : throw new CommandException($"{path}, line {number}: this is no line of an export. Write the file with 'export --out FILE.ndjson'.");
            if (record.ValueEquals("experiment"))
            {
                experiment = json;
            }
            else if (record.ValueEquals("score") && json.TryGetProperty("epochs", out _))
            {
                scores[Recording.Text(json, "metric", $"{path}, line {number}")] = json;
            }
        }

        if (experiment is not { } definition)
        {
            throw new CommandException($"{path} has no record of the kind 'experiment'. Write the file with 'export --out FILE.ndjson'.");
        }

        var asked = metric ?? Recording.Primary(definition);
        return scores.TryGetValue(asked, out var score)
            ? Recording.Read(definition, score)
            : throw new CommandException(
                $"{path} has no figures by epoch of the metric '{asked}'{(scores.Count == 0 ? "" : $", only of {string.Join(", ", scores.Keys.Take(20))}")}. "
                + $"Name one with --metric, or export again: the score by the method {ExportedExperiment.MethodWithEpochs} holds them.");
    }

    private static JsonElement? Parse(string line)
    {
        try
        {
            return JsonElement.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
