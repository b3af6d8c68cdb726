using System.Text.Json;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Api;

/// <summary>One alternative of a score as JSON.</summary>
internal static class ScoreRowJson
{
    public static void Write(Utf8JsonWriter writer, ScoreRow row)
    {
        writer.WriteStartObject();
        writer.WriteString("alternative"u8, row.Alternative);
        writer.WritePropertyName("value"u8);
        writer.WriteRawValue(row.ValueJson, skipInputValidation: true);
        writer.WriteNumber("participants"u8, row.Participants);
        writer.WriteNumber("converted"u8, row.Converted);
        writer.WriteMaybe("conversions"u8, row.Conversions);
        writer.WriteMaybe("rate"u8, row.Rate);
        writer.WriteMaybe("mean"u8, row.Mean);
        writer.WriteMaybe("stdDev"u8, row.StdDev);
        writer.WriteMaybe("z"u8, row.Z);
        writer.WriteMaybe("probability"u8, row.Probability);
        writer.WriteMaybe("difference"u8, row.Difference);
        Write(writer, "lift"u8, row.Lift);
        writer.WriteMaybe("pValue"u8, row.PValue);
        writer.WriteMaybe("eValue"u8, row.EValue);
        writer.WriteMaybe("logE"u8, row.LogE);
        writer.WriteMaybe("eBH"u8, row.EBH);
        writer.WriteMaybe("probabilityBest"u8, row.ProbabilityBest);
        writer.WriteMaybe("beatsControl"u8, row.BeatsControl);
        writer.WriteMaybe("expectedLoss"u8, row.ExpectedLoss);
        if (row.Mature is { } mature)
        {
            writer.WriteStartObject("mature"u8);
            writer.WriteNumber("participants"u8, mature.Participants);
            writer.WriteNumber("converted"u8, mature.Converted);
            writer.WriteMaybe("rate"u8, mature.Rate);
            writer.WriteMaybe("mean"u8, mature.Mean);
            writer.WriteMaybe("stdDev"u8, mature.StdDev);
            writer.WriteEndObject();
        }

        if (row.Adjusted is { } adjusted)
        {
            writer.WriteStartObject("adjusted"u8);
            writer.WriteMaybe("mean"u8, adjusted.Mean);
            writer.WriteMaybe("varianceReduction"u8, adjusted.VarianceReduction);
            Write(writer, "unadjustedLift"u8, adjusted.UnadjustedLift);
            writer.WriteEndObject();
        }

        if (row.CredibleInterval is { } credible)
        {
            writer.WriteStartObject("credibleInterval"u8);
            writer.WriteMaybe("lower"u8, credible.Lower);
            writer.WriteMaybe("upper"u8, credible.Upper);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("credibleInterval"u8);
        }

        if (row.Adaptive is { } adaptive)
        {
            AdaptiveJson.Write(writer, adaptive);
        }

        ReasonJson.Unavailable(writer, row.Unavailable);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, LiftInterval? lift)
    {
        if (lift is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteMaybe("estimate"u8, lift.Estimate);
        writer.WriteMaybe("lower"u8, lift.Lower);
        writer.WriteMaybe("upper"u8, lift.Upper);
        writer.WriteEndObject();
    }
}
