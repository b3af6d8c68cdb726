using System.Globalization;
using System.Text;
using Bandstand.Allocation;
using Bandstand.Statistics;
using Bandstand.Statistics.Adaptive;
using Bandstand.Statistics.Distributions;

namespace Bandstand.Cli.Evaluate;

/// <summary>Estimates in sentences.</summary>
internal static class EvaluationText
{
    private const double FewPeople = 100;
    private const double MuchUnseen = 0.01;

    /// <summary>What was recorded.</summary>
    public static string Recorded(RecordedExperiment recording, Evaluation how)
    {
        var logged = recording.Logged;
        var estimate = PolicyValue.Of(logged, [.. logged.Select(epoch => epoch.Probabilities)]);
        var own = recording.Epochs.Count(epoch => epoch[0].Origin?.Segment is not null);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"recorded: {Figure(estimate.Recorded, how)} of '{recording.Definition.Primary.Id}'{(recording.IsRatio ? "" : " per participant")}; {estimate.Participants} participants under {logged.Count} sets of weights{(own == 0 ? "" : $", {own} of them of one segment each")}.");
    }

    /// <summary>What a policy would have earned.</summary>
    /// <param name="recording">What was recorded.</param>
    /// <param name="policy">As it was typed.</param>
    /// <param name="estimate">The estimate.</param>
    /// <param name="how">How it was evaluated.</param>
    /// <param name="leftOut">How many epochs were left out.</param>
    public static string Of(RecordedExperiment recording, string policy, PolicyEstimate estimate, Evaluation how, int leftOut)
    {
        var text = new StringBuilder(policy).Append(": ");
        if (!estimate.SelfNormalised.TryGet(out _, out var why))
        {
            text.Append(CultureInfo.InvariantCulture, $"unavailable ({why.Code}): {why.Detail}");
            return how.SupportedOnly || estimate.Participants < 2 ? text.ToString() : text.Append(" --supported leaves such epochs out.").ToString();
        }

        text.Append(Estimates(recording, estimate, how)).Append("; ");
        text.Append(CultureInfo.InvariantCulture, $"{Figure(estimate.Difference, how, signed: true)} against what was recorded; worth {Math.Floor(estimate.EffectiveSize)} participants of its own.");
        if (leftOut > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" Left out: {leftOut} sets of weights under which it could not be seen, so this is of the other {estimate.Participants} participants, as is what it is compared with.");
        }

        if (estimate.EffectiveSize < FewPeople)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  warning: it is worth fewer than {FewPeople} participants, so errors are rough: do not decide on this.");
        }

        if (estimate.Unseen > MuchUnseen)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  warning: {100 * estimate.Unseen:0.#} % of what it gives out went to alternatives that nobody happened to be in at that time; no error here allows for what they would have earned.");
        }

        return text.ToString();
    }

    /// <summary>One epoch by itself.</summary>
    public static string Epoch(RecordedExperiment recording, int epoch, IReadOnlyList<double> other, PolicyEstimate estimate, Evaluation how)
    {
        var shares = recording.Definition.Alternatives.Select((a, k) => string.Create(CultureInfo.InvariantCulture, $"{a.Key} {recording.Epochs[epoch][k].Probability:0.####} → {other[k]:0.####}"));
        var figures = estimate.SelfNormalised.TryGet(out _, out var why)
            ? string.Create(CultureInfo.InvariantCulture, $"{Estimates(recording, estimate, how)}, worth {Math.Floor(estimate.EffectiveSize)}")
            : $"unavailable ({why.Code})";
        var origin = recording.Epochs[epoch][0].Origin!;
        return string.Create(CultureInfo.InvariantCulture, $"  epoch {origin.Epoch}{(origin.Segment is null ? "" : $" ({origin.Segment})")}: {estimate.Participants} participants, {string.Join(", ", shares)}: {figures}");
    }

    /// <summary>Of a ratio both estimates are one.</summary>
    private static string Estimates(RecordedExperiment recording, PolicyEstimate estimate, Evaluation how) => recording.IsRatio
        ? $"{Figure(estimate.SelfNormalised, how)} by inverse propensity"
        : $"{Figure(estimate.SelfNormalised, how)} self-normalised, {Figure(estimate.InverseProbability, how)} by inverse propensity";

    private static string Figure(Estimate<WeightedEstimate> figure, Evaluation how, bool signed = false)
    {
        if (!figure.TryGet(out var estimate, out var why))
        {
            return $"unavailable ({why.Code})";
        }

        var half = Normal.UpperQuantile((1 - how.Confidence) / 2) * estimate.StandardError;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(signed && estimate.Value > 0 ? "+" : "")}{Write(estimate.Value)} ± {Write(estimate.StandardError)} ({Write(estimate.Value - half)} to {Write(estimate.Value + half)})");
    }

    private static string Write(double number) => number.ToString("G4", CultureInfo.InvariantCulture);
}
