using System.Globalization;
using Bandstand.Ports;

namespace Bandstand.Experiments;

/// <summary>What the decider answers when it cannot do what is asked.</summary>
internal static class ExperimentRefusals
{
    public static Refusal NotFound() => new(RefusalKind.NotFound, ExperimentCodes.NotFound, "There is no such experiment. Create it with PUT, or correct the id.");

    public static Refusal Draft(string wish) => Conflict(ExperimentCodes.NotStarted, $"The experiment is a draft, which cannot be {wish}. Start it first.");

    public static Refusal Disabled(string wish) => Conflict(ExperimentCodes.IsDisabled, $"The experiment is disabled and cannot be {wish}. Enable it first.");

    public static Refusal Completed(string wish)
        => Conflict(ExperimentCodes.IsCompleted, $"The experiment is completed and cannot be {wish}. Reset it to begin again without participants, or define another one.");

    public static Refusal TooManyEpochs() => Conflict(
        ExperimentCodes.TooManyEpochs,
        string.Create(CultureInfo.InvariantCulture, $"The experiment has had {EpochLimits.LastEpoch + 1} epochs, the most there can be, so weights and traffic cannot change any more. Complete it, reset it, or define another one."));

    public static Refusal UnknownAlternative(Experiment experiment, string key, string path)
    {
        var removed = experiment.Alternatives.Any(a => a.Removed && string.Equals(a.Key, key, StringComparison.Ordinal));
        var known = experiment.Definition.Alternatives.Select(a => a.Key).ToList();
        var listed = string.Join(", ", known.Take(20).Select(k => $"'{k}'")) + (known.Count > 20 ? ", …" : string.Empty);
        return Invalid(path, ExperimentCodes.UnknownAlternative, $"{(removed ? $"The alternative '{TextRules.Shorten(key)}' was removed" : $"No alternative has the key '{TextRules.Shorten(key)}'")}. Use one of: {listed}.");
    }

    public static Refusal Invalid(string path, string code, string detail)
        => new(RefusalKind.Invalid, code, detail) { Errors = [new FieldError(path, code, detail)] };

    public static Refusal Conflict(string code, string detail) => new(RefusalKind.Conflict, code, detail);

    public static Refusal Conflict(IReadOnlyList<FieldError> errors) => new(
        RefusalKind.Conflict,
        errors.Select(e => e.Code).Distinct().Count() == 1 ? errors[0].Code : ExperimentCodes.FixedOnceStarted,
        $"{errors[0].Path}: {errors[0].Detail}{(errors.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({errors.Count - 1} more: see errors)") : string.Empty)}") { Errors = errors };
}
