using System.Text.Json.Serialization;

namespace Bandstand.Experiments;

/// <summary>
/// The place of one alternative for the life of a generation: participants, statistics and hashes know it by the slot's number.
/// Slots are only appended; their order is that of first appearance in the definition.
/// </summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value as JSON text.</param>
/// <param name="Removed">True once the definition no longer has it: its participants see the default, its key is never used again.</param>
/// <param name="Dropped">True while a guardrail keeps it closed: its participants see the default until somebody gives it a weight again.</param>
public sealed record AlternativeSlot(string Key, string Value, bool Removed = false, bool Dropped = false)
{
    /// <summary>Whether its participants see the default instead of it.</summary>
    [JsonIgnore]
    public bool IsWithdrawn => Removed || Dropped;
}
