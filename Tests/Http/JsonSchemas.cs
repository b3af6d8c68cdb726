using System.Text.Json;

namespace Bandstand.Tests.Http;

/// <summary>As much of JSON Schema as the description uses: types, properties, items, enumerations, references, alternatives.</summary>
internal sealed class JsonSchemas(JsonElement named)
{
    /// <summary>What is wrong with a value, or null.</summary>
    public string? Fault(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Fault(named.GetProperty(reference.GetString()!.Split('/')[^1]), value, path);
        }

        if (schema.TryGetProperty("oneOf", out var choices))
        {
            var faults = choices.EnumerateArray().Select(c => Fault(c, value, path)).ToList();
            return faults.Count(f => f is null) == 1 ? null : $"{path} fits {faults.Count(f => f is null)} of {faults.Count} shapes: {string.Join(" | ", faults)}";
        }

        return Type(schema, value, path)
            ?? Words(schema, value, path)
            ?? (value.ValueKind == JsonValueKind.Object ? Properties(schema, value, path) : null)
            ?? (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items)
                ? value.EnumerateArray().Select((item, i) => Fault(items, item, $"{path}[{i}]")).FirstOrDefault(f => f is not null)
                : null);
    }

    private static string? Type(JsonElement schema, JsonElement value, string path)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return null;
        }

        var types = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!) : [type.GetString()!];
        return types.Any(t => Is(t, value)) ? null : $"{path} is {value.ValueKind} and not {type}";
    }

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => throw new ArgumentException($"Unknown type {type}.", nameof(type)),
    };

    private static string? Words(JsonElement schema, JsonElement value, string path) =>
        (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(w => JsonElement.DeepEquals(w, value)))
        || (schema.TryGetProperty("const", out var word) && !JsonElement.DeepEquals(word, value))
            ? $"{path} is {value}, which is not in the enumeration"
            : null;

    private string? Properties(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            var missing = required.EnumerateArray().Select(r => r.GetString()!).FirstOrDefault(r => !value.TryGetProperty(r, out _));
            if (missing is not null)
            {
                return $"{path}.{missing} is missing";
            }
        }

        var hasProperties = schema.TryGetProperty("properties", out var properties);
        var hasOthers = schema.TryGetProperty("additionalProperties", out var others);
        foreach (var field in value.EnumerateObject())
        {
            var fault = hasProperties && properties.TryGetProperty(field.Name, out var property) ? Fault(property, field.Value, $"{path}.{field.Name}")
                : !hasOthers || others.ValueKind == JsonValueKind.True ? null
                : others.ValueKind == JsonValueKind.False ? $"{path}.{field.Name} is not described"
                : Fault(others, field.Value, $"{path}.{field.Name}");
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }
}
