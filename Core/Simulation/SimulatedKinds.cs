using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Bandstand.Simulation;

/// <summary>Something that is known of people when they come, such as their country.</summary>
/// <param name="Name">The attribute's name.</param>
/// <param name="Values">Its values and who has them.</param>
public sealed record SimulatedTrait(string Name, IReadOnlyList<SimulatedShare> Values);

/// <summary>One value of an attribute.</summary>
/// <param name="Value">The value.</param>
/// <param name="Share">The share of people who have it, 0 to 1; those of an attribute sum to 1.</param>
public sealed record SimulatedShare(string Value, double Share);

/// <summary>
/// The kinds of people there are: every combination of the attributes' values, which are independent of each other. Without attributes there is
/// one kind. Immutable and thread-safe.
/// </summary>
public sealed class SimulatedKinds
{
    /// <summary>The most kinds.</summary>
    public const int Most = 10_000;

    /// <summary>Nothing is known of anybody.</summary>
    public static readonly SimulatedKinds One = new([]);

    private readonly double[] shares;
    private readonly JsonElement?[] json;

    /// <summary>Combines attributes.</summary>
    /// <param name="attributes">At most <see cref="Most"/> combinations.</param>
    /// <exception cref="ArgumentException">There are more.</exception>
    public SimulatedKinds(IReadOnlyList<SimulatedTrait> attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        if (attributes.Aggregate(1.0, (all, attribute) => all * attribute.Values.Count) > Most)
        {
            throw new ArgumentException($"There are more than {Most} combinations.", nameof(attributes));
        }

        Attributes = attributes;
        shares = new double[attributes.Aggregate(1, (all, attribute) => all * attribute.Values.Count)];
        json = new JsonElement?[shares.Length];
        for (var kind = 0; kind < shares.Length; kind++)
        {
            shares[kind] = attributes.Select((attribute, i) => attribute.Values[ValueOf(kind, i)].Share).Aggregate(1.0, (all, share) => all * share);
            json[kind] = attributes.Count == 0 ? null : Json(kind);
        }
    }

    /// <summary>What is known.</summary>
    public IReadOnlyList<SimulatedTrait> Attributes { get; }

    /// <summary>How many kinds there are, 1 or more.</summary>
    public int Count => shares.Length;

    /// <summary>The share of a kind among those who come.</summary>
    /// <param name="kind">From 0.</param>
    public double ShareOf(int kind) => shares[kind];

    /// <summary>Which value of an attribute a kind has.</summary>
    /// <param name="kind">From 0.</param>
    /// <param name="attribute">The attribute's index.</param>
    public int ValueOf(int kind, int attribute)
    {
        for (var i = 0; i < attribute; i++)
        {
            kind /= Attributes[i].Values.Count;
        }

        return kind % Attributes[attribute].Values.Count;
    }

    /// <summary>What a kind sends as its attributes, or null: nothing. A value that is a number in its shortest form is sent as one.</summary>
    /// <param name="kind">From 0.</param>
    public JsonElement? JsonOf(int kind) => json[kind];

    /// <summary>The kind of somebody.</summary>
    /// <param name="draws">Theirs; one number is drawn for each attribute.</param>
    internal int Draw(NamedDraws draws)
    {
        var (kind, step) = (0, 1);
        foreach (var attribute in Attributes)
        {
            var (value, left) = (0, draws.Next());
            while (value < attribute.Values.Count - 1 && left >= attribute.Values[value].Share)
            {
                left -= attribute.Values[value].Share;
                value++;
            }

            kind += step * value;
            step *= attribute.Values.Count;
        }

        return kind;
    }

    private JsonElement Json(int kind)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            for (var i = 0; i < Attributes.Count; i++)
            {
                var value = Attributes[i].Values[ValueOf(kind, i)].Value;
                if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number.ToString("R", CultureInfo.InvariantCulture) == value)
                {
                    writer.WriteNumber(Attributes[i].Name, number);
                }
                else
                {
                    writer.WriteString(Attributes[i].Name, value);
                }
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
