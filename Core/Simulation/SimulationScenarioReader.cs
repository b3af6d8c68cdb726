using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Bandstand.Experiments;
using Bandstand.Ports;

namespace Bandstand.Simulation;

/// <summary>Reads scenario files. Everything that is wrong is named at once, by JSON path and with what to write instead. Thread-safe.</summary>
public static partial class SimulationScenarioReader
{
    private const double MostPeople = 1e8;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DefinitionLimits.Depth + 2, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a scenario.</summary>
    /// <param name="name">What it is called unless it names itself.</param>
    /// <param name="utf8">The JSON text; comments are allowed.</param>
    public static Answer<SimulationScenario> Parse(string name, ReadOnlyMemory<byte> utf8)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, Options);
        }
        catch (JsonException error)
        {
            return new Refusal(RefusalKind.Malformed, ExperimentCodes.MalformedJson, utf8.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0
                ? "The scenario is empty. Copy one of examples/scenarios to begin with."
                : string.Create(CultureInfo.InvariantCulture, $"The scenario is no JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}: {Why(error)}"));
        }

        using (document)
        {
            var errors = new DefinitionErrors();
            var scenario = Read(name, document.RootElement, errors);
            return errors.Any || scenario is null ? errors.ToRefusal() : scenario;
        }
    }

    /// <summary>What the parser says, without the place, which it counts from 0.</summary>
    private static string Why(JsonException error)
        => error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal) is >= 0 and var place ? error.Message[..place] : error.Message;

    private static SimulationScenario? Read(string name, JsonElement root, DefinitionErrors errors)
    {
        if (JsonFields.Open(root, "$", errors) is not { } fields)
        {
            return null;
        }

        name = fields.Text("name", DefinitionLimits.NameLength) ?? name;
        var description = fields.Text("description", DefinitionLimits.DescriptionLength, lines: true);
        var start = Start(fields, errors);
        if (!fields.Has("duration"))
        {
            fields.Missing("duration", "Say how long people come, such as \"P90D\".");
        }

        var duration = fields.Duration("duration", TimeSpan.FromHours(1));
        var look = fields.Duration("look", TimeSpan.FromMinutes(1)) ?? TimeSpan.FromHours(1);
        var traffic = Traffic(fields, errors);
        var attributes = Attributes(fields, errors);
        var policies = fields.Array("policies")?.Select((p, i) => Text(p, $"$.policies[{i}]", errors)).ToList() ?? [];
        var raw = fields.Raw("experiment");
        var json = string.Empty;
        ExperimentDefinition? experiment = null;
        if (!fields.Has("experiment"))
        {
            fields.Missing("experiment", "Give the experiment as PUT /v1/experiments/{id} takes it.");
        }
        else if (raw.ValueKind != JsonValueKind.Object)
        {
            errors.WrongType("$.experiment", "an object: the experiment as PUT /v1/experiments/{id} takes it", raw);
        }
        else
        {
            json = Plain(raw);
            var read = ReadExperiment(json);
            foreach (var error in read.Refusal?.Errors ?? [])
            {
                errors.Invalid(error.Path, error.Code, error.Detail);
            }

            experiment = read.IsRefused ? null : read.Value;
        }

        var events = Events(fields, experiment, attributes, errors);
        fields.Close();
        if (duration is { } long_ && traffic is not null && traffic.PerDay * long_.TotalDays > MostPeople)
        {
            errors.Invalid("$.traffic.perDay", ExperimentCodes.OutOfRange, $"That is more than {MostPeople:0e0} people. Let fewer come, or end sooner.");
        }

        if (duration is { } short_ && traffic is not null && traffic.PerDay * short_.TotalDays < 1)
        {
            errors.Invalid("$.traffic.perDay", ExperimentCodes.OutOfRange, "Nobody comes in that time. Let more come, or end later.");
        }

        return experiment is null || duration is null || traffic is null || events is null || errors.Any ? null : new SimulationScenario
        {
            Name = name,
            Description = description,
            Experiment = experiment,
            ExperimentJson = json,
            Start = start,
            Duration = duration.Value,
            Look = look,
            Traffic = traffic,
            Kinds = attributes.Count == 0 ? SimulatedKinds.One : new SimulatedKinds(attributes),
            Events = events,
            Policies = policies,
        };
    }

    /// <summary>The same without comments and trailing commas, which only scenarios may have.</summary>
    private static string Plain(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            element.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads the experiment; its errors' paths begin with <c>$.experiment</c>.</summary>
    internal static Answer<ExperimentDefinition> ReadExperiment(string json)
    {
        var read = ExperimentDefinitionJson.Parse("simulated", Encoding.UTF8.GetBytes(json));
        if (!read.IsRefused)
        {
            return read;
        }

        IReadOnlyList<FieldError> listed = read.Refusal.Errors.Count > 0 ? read.Refusal.Errors : [new FieldError("$", read.Refusal.Code, read.Refusal.Detail)];
        return read.Refusal with { Errors = [.. listed.Select(e => e with { Path = "$.experiment" + e.Path[1..] })] };
    }

    private static DateTimeOffset Start(JsonFields fields, DefinitionErrors errors)
    {
        if (fields.Word("start") is not { } text)
        {
            return SimulationScenario.UsualStart;
        }

        if (text.EndsWith('Z') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start) && start.Year is >= 1971 and <= 2200)
        {
            return start;
        }

        errors.Invalid("$.start", ExperimentCodes.OutOfRange, $"'{TextRules.Shorten(text)}' is no time. Use UTC of the years 1971 to 2200, such as 2026-01-05T00:00:00Z.");
        return SimulationScenario.UsualStart;
    }

    private static SimulatedTraffic? Traffic(JsonFields fields, DefinitionErrors errors)
    {
        if (fields.Object("traffic") is not { } traffic)
        {
            if (!fields.Has("traffic"))
            {
                fields.Missing("traffic", "Say how many people come, such as {\"perDay\": 1000}.");
            }

            return null;
        }

        if (!traffic.Has("perDay"))
        {
            traffic.Missing("perDay", "Say how many people come a day.");
        }

        var perDay = traffic.Number("perDay", n => n is > 0 and <= 1e7, "over 0 and at most 1e7");
        var weekdays = Factors(traffic, "weekdays", 7, "from Monday on", errors);
        var hours = Factors(traffic, "hours", 24, "from midnight UTC on", errors);
        traffic.Close();
        return perDay is null ? null : new SimulatedTraffic(perDay.Value, weekdays, hours);
    }

    private static double[] Factors(JsonFields fields, string name, int count, string order, DefinitionErrors errors)
    {
        var even = Enumerable.Repeat(1.0, count).ToArray();
        if (fields.Array(name) is not { } array)
        {
            return even;
        }

        var factors = array.Select(x => x.ValueKind == JsonValueKind.Number && x.TryGetDouble(out var factor) && factor is >= 0 and <= 1e6 ? factor : double.NaN).ToArray();
        if (factors.Length == count && factors.All(double.IsFinite) && factors.Sum() > 0)
        {
            var mean = factors.Average();
            return [.. factors.Select(f => f / mean)];
        }

        errors.Invalid(fields.PathOf(name), ExperimentCodes.OutOfRange, $"Give {count} numbers from 0 {order}, not all 0; only their proportions count.");
        return even;
    }

    private static string Text(JsonElement element, string path, DefinitionErrors errors)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return element.GetString()!;
        }

        errors.WrongType(path, "a string such as \"thompson:floor=0.05\"", element);
        return string.Empty;
    }
}
