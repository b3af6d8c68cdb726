using System.Text.Json;
using System.Text.Json.Serialization;
using Bandstand.Ports;

namespace Bandstand.Grains.Wire;

/// <summary>What is not hot travels as JSON of Core's own records, so that Core needs to know of no serializer.</summary>
public static class WireJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
        MaxDepth = 128,
    };

    /// <summary>A value's bytes.</summary>
    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <summary>The value of these bytes.</summary>
    /// <exception cref="JsonException">They are not what this version writes.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("null");

    /// <summary>An answer's bytes.</summary>
    public static JsonReply Write<T>(Answer<T> answer)
        => answer.IsRefused ? new JsonReply(null, Write(answer.Refusal)) : new JsonReply(Write(answer.Value));

    /// <summary>The answer of these bytes.</summary>
    public static Answer<T> Read<T>(JsonReply reply)
        => reply.Refusal is { } refusal ? Read<Refusal>(refusal) : Read<T>(reply.Value!);
}
