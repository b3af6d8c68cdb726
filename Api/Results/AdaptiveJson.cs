using System.Text.Json;
using Bandstand.Statistics;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Api;

/// <summary>The estimates that allow for weights that changed, as JSON.</summary>
internal static class AdaptiveJson
{
    public static void Write(Utf8JsonWriter writer, AdaptiveEstimates estimates)
    {
        writer.WriteStartObject("adaptive"u8);
        writer.WriteNumber("epochs"u8, estimates.Epochs);
        writer.WriteMaybe("mean"u8, estimates.Mean);
        Write(writer, "sequence"u8, estimates.Sequence);
        Write(writer, "stratified"u8, estimates.Stratified);
        Write(writer, "inverseProbability"u8, estimates.InverseProbability);
        Write(writer, "adaptivelyWeighted"u8, estimates.AdaptivelyWeighted);
        ReasonJson.Unavailable(writer, estimates.Unavailable);
        writer.WriteEndObject();
    }

    /// <summary>What was seen under one set of weights.</summary>
    public static void Write(Utf8JsonWriter writer, ScoreEpoch epoch)
    {
        writer.WriteStartObject();
        if (epoch.Origin is { } origin)
        {
            writer.WriteNumber("epoch"u8, origin.Epoch);
            writer.WriteNumber("decision"u8, origin.Decision);
            if (origin.Segment is not null)
            {
                writer.WriteString("segment"u8, origin.Segment);
            }
        }

        writer.WriteObjects("alternatives"u8, epoch.Alternatives, static (writer, row) =>
        {
            writer.WriteString("alternative"u8, row.Alternative);
            writer.WriteMaybe("probability"u8, row.Probability);
            writer.WriteNumber("participants"u8, row.Participants);
            writer.WriteNumber("converted"u8, row.Converted);
            writer.WriteMaybe("mean"u8, row.Mean);
            writer.WriteMaybe("stdDev"u8, row.StdDev);
            if (row.Sides is { } sides)
            {
                Write(writer, "numerator"u8, sides.Y);
                Write(writer, "denominator"u8, sides.X);
                writer.WriteMaybe("covariance"u8, sides.Count < 2 ? null : sides.Product / (sides.Count - 1));
            }
        });
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, Moments side)
    {
        writer.WriteStartObject(name);
        writer.WriteMaybe("mean"u8, side.Count == 0 ? null : side.Mean);
        writer.WriteMaybe("stdDev"u8, side.StandardDeviation);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DifferenceEstimate? estimate)
    {
        if (estimate is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteMaybe("estimate"u8, estimate.Estimate);
        writer.WriteMaybe("standardError"u8, estimate.StandardError);
        writer.WriteMaybe("lower"u8, estimate.Lower);
        writer.WriteMaybe("upper"u8, estimate.Upper);
        writer.WriteEndObject();
    }
}
