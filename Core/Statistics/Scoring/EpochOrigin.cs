namespace Bandstand.Statistics.Scoring;

/// <summary>Where a set of weights comes from. Immutable.</summary>
/// <param name="Epoch">The number of its epoch; of several with the same weights, that of the first.</param>
/// <param name="Decision">The number of the decision that began it. Sets of one decision are at the same time, each of other people.</param>
/// <param name="Segment">Whom it is for, as <c>attribute:value</c>; null: everybody who has no weights of their own.</param>
public sealed record EpochOrigin(int Epoch, long Decision, string? Segment);
