namespace Bandstand.Experiments;

/// <summary>What one guardrail says of one alternative now: a pure function of the data. Immutable.</summary>
public sealed record GuardReading
{
    /// <summary>The guarantee of conversions: the chance of a false alarm is at most alpha, whatever the sample.</summary>
    public const string Exact = "exact";

    /// <summary>The guarantee of counts and values: it is at most alpha as far as means are nearly normal.</summary>
    public const string Asymptotic = "asymptotic";

    /// <summary>The guarded metric.</summary>
    public required MetricDefinition Metric { get; init; }

    /// <summary>The key of the alternative that is compared with the control.</summary>
    public required string Alternative { get; init; }

    /// <summary>By how much it is worse than the control per participant, negative when it is better; null while nobody can tell.</summary>
    public double? Harm { get; init; }

    /// <summary>The evidence that it is worse by more than the margin; null while there is too little to say anything.</summary>
    public double? EValue { get; init; }

    /// <summary>The e-value that trips the guardrail.</summary>
    public required double Needed { get; init; }

    /// <summary><see cref="Exact"/> or <see cref="Asymptotic"/>.</summary>
    public required string Guarantee { get; init; }

    /// <summary>The trip, when it has acted already: it acts once.</summary>
    public GuardTrip? Trip { get; init; }

    /// <summary>How many further events of the metric it takes at least until the guardrail can trip, under the weights of the present epoch.</summary>
    public long EventsUntil { get; init; }

    /// <summary>How the metric is guarded.</summary>
    public GuardrailDefinition Guardrail => Metric.Guardrail!;

    /// <summary>Whether it is to act now.</summary>
    public bool IsCrossed => Trip is null && EValue >= Needed;
}
