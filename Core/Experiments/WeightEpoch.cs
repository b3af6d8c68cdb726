using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Bandstand.Assignment;

namespace Bandstand.Experiments;

/// <summary>A period of constant weights, by alternative slot. Immutable.</summary>
public sealed record WeightEpoch
{
    /// <summary>Its number, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>By slot, those known when it began: whole numbers that sum to 10 000.</summary>
    public required ImmutableArray<int> Weights { get; init; }

    /// <summary>The fraction of identities that take part, 0 to 1.</summary>
    public required double Traffic { get; init; }

    /// <summary>Why it began.</summary>
    public required string Reason { get; init; }

    /// <summary>The number of the decision that began it.</summary>
    public required long Decision { get; init; }

    /// <summary>Whom it is for, where only those who have one value of an attribute are assigned in it; null: everybody who has no epoch of their own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EpochSegment? Segment { get; init; }

    /// <summary>By slot: the exact probability of each alternative for who is in the traffic. Follows from the weights.</summary>
    [JsonIgnore]
    public ImmutableArray<double> Probabilities { get; init; }

    /// <summary>The table of an epoch.</summary>
    /// <param name="weights">By slot.</param>
    /// <param name="traffic">The fraction that takes part.</param>
    /// <param name="hash">The experiment's hash; Vanity's chooses evenly by itself.</param>
    internal static BucketTable Table(ImmutableArray<int> weights, double traffic, string hash)
        => hash == AssignmentDefinition.VanityMd5
            ? BucketTable.Even([.. weights.Select(w => w > 0)], traffic)
            : BucketTable.Of(weights, traffic);

    /// <summary>The same epoch with its probabilities computed.</summary>
    /// <param name="hash">The experiment's hash.</param>
    internal WeightEpoch WithProbabilities(string hash) => this with { Probabilities = [.. Table(Weights, Traffic, hash).Probabilities] };
}

/// <summary>Those who had one value of an attribute when they were assigned.</summary>
/// <param name="Slot">The attribute's slot.</param>
/// <param name="Value">The value.</param>
public sealed record EpochSegment(int Slot, string Value);
