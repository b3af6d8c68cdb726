using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Bandstand.Tests.Deploy;

/// <summary>
/// Reads the YAML of the manifests: block mappings and sequences of scalars, which all become strings. It refuses what it
/// does not know (flow style other than {} and [], block scalars, anchors, tags) rather than misread it.
/// </summary>
internal sealed partial class Yaml
{
    private readonly List<(int Indent, string Text)> lines;
    private int at;

    private Yaml(IEnumerable<string> source) => lines =
        [.. source.Select(line => (line.Length - line.TrimStart().Length, line.Trim())).Where(line => line.Item2.Length > 0 && line.Item2[0] != '#')];

    /// <summary>The documents of a file or of what kustomize prints.</summary>
    public static IReadOnlyList<JsonNode> Read(string text) =>
        [.. Separator().Split(text.ReplaceLineEndings("\n")).Select(document => new Yaml(document.Split('\n'))).Where(reader => reader.lines.Count > 0).Select(reader => reader.Document())];

    private JsonNode Document()
    {
        var document = Block(lines[0].Indent);
        return at == lines.Count ? document : throw Unknown("indentation");
    }

    private JsonNode Block(int indent) => IsItem(lines[at].Text) ? Sequence(indent) : Mapping(indent);

    private JsonArray Sequence(int indent)
    {
        var items = new JsonArray();
        while (at < lines.Count && lines[at].Indent == indent && IsItem(lines[at].Text))
        {
            var rest = lines[at].Text[1..].TrimStart();
            if (!Entry().IsMatch(rest))
            {
                items.Add(Scalar(rest));
                at++;
                continue;
            }

            // "- key: value" begins a mapping where its key stands.
            var column = indent + lines[at].Text.Length - rest.Length;
            lines[at] = (column, rest);
            items.Add((JsonNode)Mapping(column));
        }

        return items;
    }

    private JsonObject Mapping(int indent)
    {
        var entries = new JsonObject();
        while (at < lines.Count && lines[at].Indent == indent && !IsItem(lines[at].Text))
        {
            var entry = Entry().Match(lines[at].Text);
            if (!entry.Success)
            {
                throw Unknown("line");
            }

            var value = entry.Groups["value"].Value;
            at++;
            entries.Add(
                entry.Groups["key"].Value.Trim('"'),
                value.Length > 0 && value[0] != '#' ? Scalar(value)
                : at < lines.Count && (lines[at].Indent > indent || (lines[at].Indent == indent && IsItem(lines[at].Text))) ? Block(lines[at].Indent)
                : null);
        }

        return entries;
    }

    private JsonNode Scalar(string text) => text switch
    {
        "{}" => new JsonObject(),
        "[]" => new JsonArray(),
        ['"', .. var inner, '"'] when !inner.Contains('\\') && !inner.Contains('"') => JsonValue.Create(inner),
        ['\'', .. var inner, '\''] when !inner.Contains('\'') => JsonValue.Create(inner),
        [] or ['"' or '\'' or '{' or '[' or '|' or '>' or '&' or '*' or '!' or '%' or '@' or '`', ..] => throw Unknown($"value {text} "),
        _ => JsonValue.Create(text.Split(" #")[0].TrimEnd()),
    };

    private InvalidDataException Unknown(string what) => new($"This reader does not know the {what} at \"{lines[Math.Min(at, lines.Count - 1)].Text}\".");

    private static bool IsItem(string text) => text is "-" or ['-', ' ', ..];

    [GeneratedRegex(@"^---.*$", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex("""^(?<key>"[^"]*"|[\w./-]+):(\s+(?<value>.*))?$""")]
    private static partial Regex Entry();
}
