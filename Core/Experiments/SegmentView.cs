using Bandstand.Statistics.Scoring;

namespace Bandstand.Experiments;

/// <summary>An attribute that results are split by.</summary>
/// <param name="Attribute">Its name.</param>
/// <param name="Values">The 50 most frequent values, most participants first, then <c>other</c> and <c>(none)</c> where there are any.</param>
public sealed record SegmentView(string Attribute, IReadOnlyList<SegmentValueView> Values);

/// <summary>Who had one value when they were assigned.</summary>
/// <param name="Value">The value.</param>
/// <param name="Participants">How many.</param>
/// <param name="Alternatives">Participants by alternative's key, in definition order.</param>
/// <param name="SampleRatio">Whether they are spread as the weights made likely, corrected for all segments of the experiment.</param>
public sealed record SegmentValueView(string Value, long Participants, IReadOnlyList<KeyValuePair<string, long>> Alternatives, SampleRatio SampleRatio);
