using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bandstand.Allocation;
using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Cli.Evaluate;

/// <summary>From what a server answered, or an export holds, to a recorded experiment.</summary>
internal static class Recording
{
    /// <summary>The recorded experiment by the score's metric.</summary>
    /// <param name="experiment">The experiment as <c>GET /v1/experiments/{id}</c> shows it.</param>
    /// <param name="score">Its score with the figures by epoch.</param>
    /// <exception cref="CommandException">Something lacks or contradicts itself; the message names the field and what to do.</exception>
    public static RecordedExperiment Read(JsonElement experiment, JsonElement score)
    {
        var metric = Text(score, "metric", "score");
        var defined = Array(experiment, "metrics", "experiment").FirstOrDefault(m => Text(m, "id", "experiment.metrics") == metric);
        if (defined.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("experiment.metrics", $"has no '{metric}', which the score is of");
        }

        var definition = Define(experiment, defined, metric);
        var epochs = Array(score, "epochs", "score");
        return epochs.Select((epoch, e) => Participants(epoch, $"score.epochs[{e}]")).Sum() == 0
            ? throw new CommandException($"Nobody took part in '{definition.Id}' yet, or nobody whose window of '{metric}' is closed, so there is nothing to evaluate by.")
            : new RecordedExperiment(definition, [.. epochs.Select((epoch, e) => Epoch(definition, epoch, $"score.epochs[{e}]"))]);
    }

    /// <summary>The id of the primary metric: the one marked, else the first that is no guardrail.</summary>
    public static string Primary(JsonElement experiment)
    {
        var metrics = Array(experiment, "metrics", "experiment");
        var marked = metrics.FirstOrDefault(m => m.TryGetProperty("primary", out var primary) && primary.ValueKind == JsonValueKind.True);
        var first = metrics.FirstOrDefault(m => !m.TryGetProperty("guardrail", out var guard) || guard.ValueKind is JsonValueKind.Null or JsonValueKind.False);
        return marked.ValueKind == JsonValueKind.Object ? Text(marked, "id", "experiment.metrics")
            : first.ValueKind == JsonValueKind.Object ? Text(first, "id", "experiment.metrics")
            : throw Wrong("experiment.metrics", "is empty");
    }

    /// <summary>A field that is text.</summary>
    public static string Text(JsonElement of, string field, string where) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Wrong($"{where}.{field}", "is missing or no text");

    private static ExperimentDefinition Define(JsonElement experiment, JsonElement metric, string id)
    {
        var only = new JsonObject { ["id"] = id, ["primary"] = true };
        foreach (var field in metric.EnumerateObject().Where(field => field.Name is "kind" or "goal" or "numerator" or "denominator"))
        {
            only[field.Name] = JsonNode.Parse(field.Value.GetRawText());
        }

        var json = new JsonObject
        {
            ["alternatives"] = new JsonArray([.. Array(experiment, "alternatives", "experiment").Select(a => new JsonObject { ["key"] = Text(a, "key", "experiment.alternatives") })]),
            ["metrics"] = new JsonArray(only),
        };
        if (experiment.TryGetProperty("scoring", out var scoring) && scoring.TryGetProperty("prior", out var priors) && priors.ValueKind == JsonValueKind.Object && priors.TryGetProperty(id, out var prior))
        {
            json["scoring"] = new JsonObject { ["prior"] = new JsonObject { [id] = JsonNode.Parse(prior.GetRawText()) } };
        }

        var read = ExperimentDefinitionJson.Parse(Text(experiment, "id", "experiment"), Encoding.UTF8.GetBytes(json.ToJsonString()));
        return read.IsRefused ? throw Wrong("experiment", $"is refused: {read.Refusal.Detail}") : read.Value;
    }

    private static long Participants(JsonElement epoch, string where) =>
        Array(epoch, "alternatives", where).Select((row, k) => Whole(row, "participants", $"{where}.alternatives[{k}]")).Sum();

    private static List<ArmEpoch> Epoch(ExperimentDefinition definition, JsonElement epoch, string where)
    {
        var rows = Array(epoch, "alternatives", where);
        if (!rows.Select(row => Text(row, "alternative", where)).SequenceEqual(definition.Alternatives.Select(a => a.Key), StringComparer.Ordinal))
        {
            throw Wrong($"{where}.alternatives", "are not those of the experiment in its order");
        }

        var arms = rows.Select((row, k) => Arm(definition.Primary.Kind, row, $"{where}.alternatives[{k}]")).ToList();
        var origin = new EpochOrigin((int)Math.Min(int.MaxValue, Whole(epoch, "epoch", where)), Whole(epoch, "decision", where), epoch.TryGetProperty("segment", out _) ? Text(epoch, "segment", where) : null);
        return Math.Abs(arms.Sum(arm => arm.Probability) - 1) < 1e-9 ? [.. arms.Select(arm => arm with { Origin = origin })] : throw Wrong($"{where}.alternatives", "have probabilities that do not sum to 1");
    }

    private static ArmEpoch Arm(MetricKind kind, JsonElement row, string where)
    {
        if (row.TryGetProperty("probability", out var unknown) && unknown.ValueKind == JsonValueKind.Null)
        {
            throw new CommandException($"{where}.probability is not known: a part of the server was ahead of the rest. Ask or export again.");
        }

        var (probability, participants, converted) = (Number(row, "probability", where), Whole(row, "participants", where), Whole(row, "converted", where));
        if (probability is < 0 or > 1)
        {
            throw Wrong($"{where}.probability", "is not from 0 to 1");
        }

        if (converted > participants)
        {
            throw Wrong($"{where}.converted", "is more than there are participants");
        }

        if (kind == MetricKind.Conversion || participants == 0)
        {
            return new ArmEpoch(probability, participants, converted);
        }

        if (kind is MetricKind.Ratio or MetricKind.Retention)
        {
            return new ArmEpoch(probability, participants, converted) { Sides = new RatioSides(converted, Sides(row, participants, where)) };
        }

        return new ArmEpoch(probability, participants, converted, Summary(row, participants, where));
    }

    private static Moments Summary(JsonElement of, long participants, string where)
    {
        var mean = Number(of, "mean", where);
        var deviation = participants < 2 ? 0 : Number(of, "stdDev", where);
        return Math.Abs(mean) <= Moments.MaxMagnitude && deviation is >= 0 and <= Moments.MaxMagnitude
            ? participants < 2 ? new Moments(participants, mean, 0) : Moments.FromSummary(participants, mean, deviation)
            : throw Wrong($"{where}.mean", "or stdDev is out of range");
    }

    private static JointMoments Sides(JsonElement row, long participants, string where)
    {
        var (below, above) = (Side("denominator"), Side("numerator"));
        var product = participants < 2 ? 0 : Number(row, "covariance", where) * (participants - 1);
        return Math.Abs(product) <= (1 + 1e-9) * Math.Sqrt(below.M2) * Math.Sqrt(above.M2)
            ? new JointMoments(participants, below.Mean, above.Mean, below.M2, above.M2, product)
            : throw Wrong($"{where}.covariance", "is more than the two standard deviations allow");

        Moments Side(string name) => row.TryGetProperty(name, out var side) && side.ValueKind == JsonValueKind.Object
            ? Summary(side, participants, $"{where}.{name}")
            : throw Wrong($"{where}.{name}", "is missing");
    }

    private static List<JsonElement> Array(JsonElement of, string field, string where) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray()]
            : throw Wrong($"{where}.{field}", "is missing or no list");

    private static double Number(JsonElement of, string field, string where) =>
        of.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Wrong($"{where}.{field}", "is missing or no number");

    private static long Whole(JsonElement of, string field, string where) =>
        of.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number is >= 0 and <= 1_000_000_000_000
            ? number
            : throw Wrong($"{where}.{field}", "is missing or no whole number of 0 or more");

    private static CommandException Wrong(string field, string why) => new($"{field} {why}. Export it again with 'export --out FILE.ndjson', or ask the server itself by --server and --experiment.");
}
