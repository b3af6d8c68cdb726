using System.Text.Json;
using Bandstand.Ports;

namespace Bandstand.Experiments;

/// <summary>Collects everything that is wrong with a definition, so that one answer names it all.</summary>
internal sealed class DefinitionErrors
{
    private readonly List<FieldError> errors = [];
    private readonly HashSet<string> codes = [];
    private int count;
    private bool malformed;

    public bool Any => count > 0;

    /// <summary>The text cannot be read as what it should be: a wrong type, an unknown or repeated field (400).</summary>
    public void Malformed(string path, string code, string detail)
    {
        malformed = true;
        Invalid(path, code, detail);
    }

    /// <summary>The text can be read but breaks a rule (422).</summary>
    public void Invalid(string path, string code, string detail)
    {
        count++;
        codes.Add(code);
        if (errors.Count < DefinitionLimits.ListedErrors)
        {
            errors.Add(new FieldError(path, code, detail));
        }
    }

    public void WrongType(string path, string expected, JsonElement actual)
    {
        var was = actual.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.Null => "null",
            _ => "true or false",
        };
        Malformed(path, ExperimentCodes.WrongType, $"This is {was}. Give {expected}.");
    }

    public void NotYet(string path, string feature)
        => Invalid(path, ExperimentCodes.NotYet, $"{feature} is not available in this version. Remove the field, or wait for the version that has it.");

    public Refusal ToRefusal()
    {
        var code = codes.Count == 1 ? codes.Single() : malformed ? ExperimentCodes.MalformedDefinition : ExperimentCodes.InvalidDefinition;
        var first = errors[0];
        var more = count == 1 ? string.Empty : $" ({count - 1} more: see errors)";
        return new Refusal(malformed ? RefusalKind.Malformed : RefusalKind.Invalid, code, $"{first.Path}: {first.Detail}{more}") { Errors = errors };
    }
}
