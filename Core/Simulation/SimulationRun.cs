using Bandstand.Experiments;

namespace Bandstand.Simulation;

/// <summary>What a policy did in one run. Immutable by convention.</summary>
public sealed record SimulationRun
{
    /// <summary>Who came, was in the traffic, and got an alternative or, once completed, the outcome.</summary>
    public required long People { get; init; }

    /// <summary>What was lost by the primary metric against the best alternative of each moment, in expectation: conversions, value, or of a ratio or retention what is above the line.</summary>
    public required double Regret { get; init; }

    /// <summary>How often the alternative with the greatest weight changed.</summary>
    public required int Switches { get; init; }

    /// <summary>Those of them to an alternative that was no better at that moment.</summary>
    public required int FalseSwitches { get; init; }

    /// <summary>When the experiment was sure of a winner (it completed, or its verdict first named one), or null: never.</summary>
    public required TimeSpan? DecidedAfter { get; init; }

    /// <summary>Whether that winner was the best at that moment; false also where nothing differed; null without a winner.</summary>
    public required bool? IsRight { get; init; }

    /// <summary>How often a guardrail acted.</summary>
    public required int GuardTrips { get; init; }

    /// <summary>How many epochs there were.</summary>
    public required int Epochs { get; init; }

    /// <summary>The state at the end, with its decisions and reasons.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>What was lost by the end of each day.</summary>
    public required IReadOnlyList<double> RegretByDay { get; init; }

    /// <summary>By alternative in the order of the definition: its weight, 0 to 1, at the end of each day; the outcome's is 1 once completed.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> WeightsByDay { get; init; }

    /// <summary>By value of each attribute that people have, in the order of the scenario.</summary>
    public required IReadOnlyList<SimulatedSegment> Segments { get; init; }
}

/// <summary>Those who have one value of an attribute, in one run.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Value">The value.</param>
/// <param name="People">How many of them came.</param>
/// <param name="Regret">What they lost against the best alternative for their kind.</param>
/// <param name="Weights">By alternative: what their newcomers get at the end, 0 to 1.</param>
public sealed record SimulatedSegment(string Attribute, string Value, long People, double Regret, IReadOnlyList<double> Weights);
