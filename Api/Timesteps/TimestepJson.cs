using System.Text.Json;
using Bandstand.Timesteps;

namespace Bandstand.Api;

/// <summary>Closed timesteps as JSON.</summary>
internal static class TimestepJson
{
    public static void Write(Utf8JsonWriter writer, TimestepResult result)
    {
        writer.WriteStartObject();
        writer.WriteNumber("timestep"u8, result.Timestep);
        writer.WriteString("winner"u8, result.Winner);
        writer.WriteBoolean("changed"u8, result.Changed);
        writer.WriteString("status"u8, result.Status.Name());
        writer.WriteMaybe("t"u8, result.T);
        writer.WriteMaybe("df"u8, result.Df);
        writer.WriteMaybe("pValue"u8, result.PValue);
        writer.WriteBoolean("significant"u8, result.Significant);
        writer.WriteObjects("alternatives"u8, result.Alternatives, static (writer, alternative) =>
        {
            writer.WriteString("alternative"u8, alternative.Alternative);
            writer.WriteNumber("n"u8, alternative.N);
            writer.WriteMaybe("mean"u8, alternative.Mean);
            writer.WriteMaybe("stdDev"u8, alternative.StdDev);
        });
        writer.WriteNumber("rows"u8, result.Rows);
        writer.WriteNumber("rejected"u8, result.Rejected);
        writer.WriteNumber("nullTargets"u8, result.NullTargets);
        writer.WriteString("detail"u8, result.Detail);
        writer.WriteEndObject();
    }
}
