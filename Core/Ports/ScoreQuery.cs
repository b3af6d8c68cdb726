namespace Bandstand.Ports;

/// <summary>A question for a score. <c>default</c> asks for the definition's method and its primary metric.</summary>
/// <param name="Method"><c>classic</c>, <c>bayes</c>, <c>fixed</c> or <c>sequential</c>; null: the definition's.</param>
/// <param name="Metric">The metric's id; null: the primary one.</param>
/// <param name="Probability">Percent that a choice needs, 0 to 100, or null: no choice is named.</param>
/// <param name="Segment"><c>attribute:value</c>, or null: everybody.</param>
/// <param name="Epochs">True: with the figures of each set of weights apart.</param>
public readonly record struct ScoreQuery(string? Method = null, string? Metric = null, double? Probability = null, string? Segment = null, bool Epochs = false);
