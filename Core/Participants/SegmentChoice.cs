namespace Bandstand.Participants;

/// <summary>Whose statistics are asked for. Immutable.</summary>
/// <param name="Slot">The attribute's slot.</param>
/// <param name="Values">Values; null stands for none.</param>
/// <param name="Except">False: those with one of these values. True: those with none of them.</param>
public sealed record SegmentChoice(int Slot, IReadOnlyList<string?> Values, bool Except = false);

/// <summary>How many participants of a shard had one value when they were assigned.</summary>
/// <param name="Slot">The attribute's slot.</param>
/// <param name="Value">The value, or null: none.</param>
/// <param name="Counts">Epoch, alternative, participants, and so on; only where there are any.</param>
public sealed record SegmentCount(int Slot, string? Value, IReadOnlyList<int> Counts);
