using System.Text.Json;

namespace Bandstand.Experiments;

/// <summary>What differs between two definitions, by their canonical JSON.</summary>
internal static class DefinitionChanges
{
    /// <summary>The names of the top-level fields that differ, in the contract's order; none when the definitions are the same.</summary>
    public static IReadOnlyList<string> Between(ExperimentDefinition before, ExperimentDefinition after)
    {
        var (one, other) = (ExperimentDefinitionJson.Canonical(before), ExperimentDefinitionJson.Canonical(after));
        if (string.Equals(one, other, StringComparison.Ordinal))
        {
            return [];
        }

        using var first = JsonDocument.Parse(one);
        using var second = JsonDocument.Parse(other);
        var fields = second.RootElement.EnumerateObject().Select(f => f.Name)
            .Union(first.RootElement.EnumerateObject().Select(f => f.Name), StringComparer.Ordinal);
        return [.. fields.Where(name => Text(first, name) != Text(second, name))];
    }

    private static string? Text(JsonDocument document, string name)
        => document.RootElement.TryGetProperty(name, out var field) ? field.GetRawText() : null;
}
