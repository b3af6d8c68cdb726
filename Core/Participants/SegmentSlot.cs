namespace Bandstand.Participants;

/// <summary>The place of one attribute by which results are split. Slots are only appended; one that was removed stays, inactive.</summary>
/// <param name="Attribute">The attribute's name.</param>
/// <param name="AfterMetrics">How many metric slots there were when it was added: its byte stands behind theirs in every row.</param>
/// <param name="Active">False once it was removed: whoever is new has no value in it.</param>
public sealed record SegmentSlot(string Attribute, int AfterMetrics, bool Active = true);
