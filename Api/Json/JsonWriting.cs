using System.Text.Json;
using Bandstand.Ports;

namespace Bandstand.Api;

/// <summary>What every answer writes in the same way.</summary>
internal static class JsonWriting
{
    /// <summary>A time, in UTC with a Z.</summary>
    public static void WriteTime(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is { } given)
        {
            writer.WriteString(name, given.UtcDateTime);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>A number, or null where there is none or it is not finite.</summary>
    public static void WriteMaybe(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? number)
    {
        if (number is { } given && double.IsFinite(given))
        {
            writer.WriteNumber(name, given);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>A whole number or null.</summary>
    public static void WriteMaybe(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, int? number)
    {
        if (number is { } given)
        {
            writer.WriteNumber(name, given);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>What was assumed, or keeps figures from meaning what they seem to.</summary>
    public static void WriteWarnings(this Utf8JsonWriter writer, IReadOnlyList<Warning> warnings)
    {
        writer.WriteStartArray("warnings"u8);
        foreach (var warning in warnings)
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, warning.Code);
            writer.WriteString("path"u8, warning.Path);
            writer.WriteString("detail"u8, warning.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>One page of a list.</summary>
    public static void WritePage<T>(this Utf8JsonWriter writer, Page<T> page, Action<Utf8JsonWriter, T> item)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var each in page.Items)
        {
            item(writer, each);
        }

        writer.WriteEndArray();
        writer.WriteString("next"u8, page.Next);
        writer.WriteEndObject();
    }
}
