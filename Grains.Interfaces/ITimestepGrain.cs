using Bandstand.Grains.Wire;

namespace Bandstand.Grains;

/// <summary>The observations of one timestep. Its key is <c>id/generation/number</c>.</summary>
[Alias("bandstand.ITimestepGrain")]
public interface ITimestepGrain : IGrainWithStringKey
{
    /// <summary>Folds observations; answers whether they had counted before.</summary>
    /// <param name="keys">The alternatives' keys, for the first ones.</param>
    /// <param name="observations"><see cref="Timesteps.TimestepObservations"/> as JSON.</param>
    /// <param name="producer">The producer's name, or null.</param>
    /// <param name="sequence">The producer's sequence.</param>
    [Alias("fold"), ResponseTimeout("00:00:10")]
    ValueTask<JsonReply> Fold([Immutable] string[] keys, [Immutable] byte[] observations, string? producer, long sequence);

    /// <summary>Takes no more observations; answers what there are as JSON, or null: no batch ever came, not even an empty one.</summary>
    /// <param name="keys">The alternatives' keys.</param>
    [Alias("freeze"), ResponseTimeout("00:00:10")]
    ValueTask<byte[]?> Freeze([Immutable] string[] keys);

    /// <summary>Whether anything was ever observed.</summary>
    [Alias("exists")]
    ValueTask<bool> Exists();

    /// <summary>Forgets everything.</summary>
    [Alias("retire"), ResponseTimeout("00:00:10")]
    ValueTask Retire();
}
