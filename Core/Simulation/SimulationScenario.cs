using Bandstand.Experiments;

namespace Bandstand.Simulation;

/// <summary>
/// An experiment and the world it is played in: who comes when, and what each alternative does to them. Immutable. Read one with
/// <see cref="SimulationScenarioReader"/>.
/// </summary>
public sealed record SimulationScenario
{
    /// <summary>A Monday, so that days of the week fall where they are written.</summary>
    public static readonly DateTimeOffset UsualStart = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, or null.</summary>
    public string? Description { get; init; }

    /// <summary>The experiment, of any policy.</summary>
    public required ExperimentDefinition Experiment { get; init; }

    /// <summary>The experiment as it was written, in plain JSON, so that its allocation can be replaced by another.</summary>
    public required string ExperimentJson { get; init; }

    /// <summary>When it starts.</summary>
    public DateTimeOffset Start { get; init; } = UsualStart;

    /// <summary>How long people come, over 0 and at most 3 660 days.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How often completion is looked at besides by count; the product looks every minute. Guardrails are looked at as their events come.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Who comes when.</summary>
    public required SimulatedTraffic Traffic { get; init; }

    /// <summary>What they do; all that the primary metric is made of is among it. Those that others come after may stand anywhere.</summary>
    public required IReadOnlyList<SimulatedEvent> Events { get; init; }

    /// <summary>What kinds of people come.</summary>
    public SimulatedKinds Kinds { get; init; } = SimulatedKinds.One;

    /// <summary>Policies to be played side by side, as they are typed; empty: the experiment's own.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];
}

/// <summary>How many people come when.</summary>
/// <param name="PerDay">On average, over 0 and at most 1e7.</param>
/// <param name="Weekdays">Seven factors from Monday on, their mean 1.</param>
/// <param name="Hours">24 factors from midnight on, their mean 1.</param>
public sealed record SimulatedTraffic(double PerDay, IReadOnlyList<double> Weekdays, IReadOnlyList<double> Hours);

/// <summary>An event that people may have.</summary>
/// <param name="Name">What the scenario calls it.</param>
/// <param name="Event">What it is sent as: the id of a metric, or of what a ratio or retention is made of.</param>
/// <param name="Kind">What its values must be: those of a metric of this kind, or of <see cref="MetricKind.Event"/> any.</param>
/// <param name="Rates">By alternative in the order of the definition: the probability that a participant has it, along the time of assignment.</param>
public sealed record SimulatedEvent(string Name, string Event, MetricKind Kind, IReadOnlyList<RatePath> Rates)
{
    /// <summary>The index of the event that only those who had it can have this one after; rates and delays are then from there. Null: the assignment.</summary>
    public int? After { get; init; }

    /// <summary>True: values are multiplied by that event's, as if each of what it counts had one.</summary>
    public bool Each { get; init; }

    /// <summary>By alternative: what it is worth. Empty for conversions, which are worth 1.</summary>
    public IReadOnlyList<SimulatedValue> Values { get; init; } = [];

    /// <summary>How long it takes to come.</summary>
    public SimulatedDelay Delay { get; init; } = new(TimeSpan.Zero, DelayShape.Fixed);

    /// <summary>What those with one value of an attribute do differently. Rates and values are given for the values of one attribute at most.</summary>
    public IReadOnlyList<SimulatedDifference> Differences { get; init; } = [];

    /// <summary>A wave that all rates share: its period, or zero for none.</summary>
    public TimeSpan WavePeriod { get; init; }

    /// <summary>The wave's height in parts of the rates, 0 to 1.</summary>
    public double WaveAmplitude { get; init; }

    /// <summary>Each alternative's rate wanders by itself: how often it takes a step, or zero for never.</summary>
    public TimeSpan DriftEvery { get; init; }

    /// <summary>The standard deviation of a step of the logarithm of a rate.</summary>
    public double DriftSigma { get; init; }
}

/// <summary>A rate along time: straight lines between points, level before the first and after the last. Immutable.</summary>
/// <param name="Points">Times since the start, ascending, each with a rate; at least one.</param>
public sealed record RatePath(IReadOnlyList<(TimeSpan At, double Rate)> Points)
{
    /// <summary>The rate at a time since the start.</summary>
    /// <param name="at">The time.</param>
    public double At(TimeSpan at)
    {
        var next = 0;
        while (next < Points.Count && Points[next].At <= at)
        {
            next++;
        }

        if (next == 0 || next == Points.Count)
        {
            return Points[Math.Min(next, Points.Count - 1)].Rate;
        }

        var (from, to) = (Points[next - 1], Points[next]);
        return from.Rate + ((to.Rate - from.Rate) * ((at - from.At) / (to.At - from.At)));
    }
}

/// <summary>What an event is worth: a lognormal value; with a σ of 0 always the mean.</summary>
/// <param name="Mean">Over 0.</param>
/// <param name="Sigma">The standard deviation of the logarithm, 0 to 5.</param>
public sealed record SimulatedValue(double Mean, double Sigma);

/// <summary>How delays are distributed.</summary>
public enum DelayShape
{
    /// <summary>Always the mean.</summary>
    Fixed,

    /// <summary>Exponential.</summary>
    Exponential,

    /// <summary>Lognormal with σ = 1: most come soon, some very late.</summary>
    Lognormal,
}

/// <summary>How long after the assignment an event comes.</summary>
/// <param name="Mean">On average.</param>
/// <param name="Shape">How it is distributed.</param>
public sealed record SimulatedDelay(TimeSpan Mean, DelayShape Shape);

/// <summary>A policy under a name.</summary>
/// <param name="Name">As it was typed.</param>
/// <param name="Definition">The experiment with this policy.</param>
public sealed record SimulatedPolicy(string Name, ExperimentDefinition Definition);
