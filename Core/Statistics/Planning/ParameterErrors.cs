using Bandstand.Experiments;
using Bandstand.Ports;

namespace Bandstand.Statistics.Planning;

/// <summary>Collects everything that is wrong with named parameters, so that one answer names it all.</summary>
/// <param name="prefix">What stands before a name.</param>
internal sealed class ParameterErrors(string prefix)
{
    private readonly List<FieldError> errors = [];
    private bool malformed;

    public bool Any => errors.Count > 0;

    /// <summary>The text cannot be read as what it should be (400).</summary>
    public void Malformed(string name, string code, string detail)
    {
        malformed = true;
        Invalid(name, code, detail);
    }

    /// <summary>The text can be read but breaks a rule (422).</summary>
    public void Invalid(string name, string code, string detail) => errors.Add(new FieldError(prefix + name, code, detail));

    public Refusal ToRefusal()
    {
        var codes = errors.Select(e => e.Code).Distinct().ToList();
        var code = codes.Count == 1 ? codes[0] : malformed ? ExperimentCodes.MalformedParameters : ExperimentCodes.InvalidParameters;
        var more = errors.Count == 1 ? string.Empty : $" ({errors.Count - 1} more: see errors)";
        return new Refusal(malformed ? RefusalKind.Malformed : RefusalKind.Invalid, code, $"{errors[0].Path}: {errors[0].Detail}{more}") { Errors = errors };
    }
}
