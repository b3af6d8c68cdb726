using System.Globalization;

namespace Bandstand.Grains;

/// <summary>Keys of the grains of one generation: <c>id/generation/number</c>. Ids hold no slash.</summary>
public static class GrainKeys
{
    /// <summary>The key of a shard or timestep.</summary>
    public static string Of(string experiment, long generation, int number)
        => string.Create(CultureInfo.InvariantCulture, $"{experiment}/{generation}/{number}");

    /// <summary>Experiment, generation and number of a key.</summary>
    public static (string Experiment, long Generation, int Number) Parse(string key)
    {
        var parts = key.Split('/');
        return (parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
    }
}
