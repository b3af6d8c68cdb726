namespace Bandstand.Simulation;

/// <summary>What those who have one value of an attribute do differently where an event is concerned.</summary>
/// <param name="Attribute">The attribute's index.</param>
/// <param name="Value">The value's index.</param>
public sealed record SimulatedDifference(int Attribute, int Value)
{
    /// <summary>By alternative: their rates; null: those of everybody.</summary>
    public IReadOnlyList<RatePath>? Rates { get; init; }

    /// <summary>By alternative: their rates are multiplied by it, 0 or more; null: they are not.</summary>
    public IReadOnlyList<double>? Times { get; init; }

    /// <summary>By alternative: what their events are worth; null: what everybody's are.</summary>
    public IReadOnlyList<SimulatedValue>? Values { get; init; }
}
