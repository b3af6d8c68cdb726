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

    /// <summary>A text; nothing where there is none.</summary>
    public static void WriteGiven(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    /// <summary>A number; nothing where there is none or it is not finite.</summary>
    public static void WriteGiven(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? number)
    {
        if (number is { } given && double.IsFinite(given))
        {
            writer.WriteNumber(name, given);
        }
    }

    /// <summary>An array of what writes itself.</summary>
    public static void WriteEach<T>(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            write(writer, item);
        }

        writer.WriteEndArray();
    }

    /// <summary>An array of objects.</summary>
    public static void WriteObjects<T>(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, IEnumerable<T> items, Action<Utf8JsonWriter, T> fields)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            fields(writer, item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>What was assumed, or keeps figures from meaning what they seem to.</summary>
    public static void WriteWarnings(this Utf8JsonWriter writer, IReadOnlyList<Warning> warnings) =>
        writer.WriteObjects("warnings"u8, warnings, static (writer, warning) =>
        {
            writer.WriteString("code"u8, warning.Code);
            writer.WriteString("path"u8, warning.Path);
            writer.WriteString("detail"u8, warning.Detail);
        });

    /// <summary>One page of a list.</summary>
    public static void WritePage<T>(this Utf8JsonWriter writer, Page<T> page, Action<Utf8JsonWriter, T> item)
    {
        writer.WriteStartObject();
        writer.WriteEach("items"u8, page.Items, item);
        writer.WriteString("next"u8, page.Next);
        writer.WriteEndObject();
    }
}
