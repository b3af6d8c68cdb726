using System.Text.Json;
using Bandstand.Experiments;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Api;

/// <summary>Scores and conclusions as JSON.</summary>
internal static class ScoreJson
{
    public static void Write(Utf8JsonWriter writer, ScoreReport report)
    {
        writer.WriteStartObject();
        writer.WriteString("method"u8, report.Method.Name());
        writer.WriteString("metric"u8, report.Metric);
        Text(writer, "segment"u8, report.Segment);
        writer.WriteNumber("participants"u8, report.Participants);
        writer.WriteNumber("epoch"u8, report.Epoch);
        writer.WriteTime("asOf"u8, report.AsOf);
        writer.WriteString("control"u8, report.Control);
        writer.WriteStartArray("alternatives"u8);
        foreach (var row in report.Alternatives)
        {
            Write(writer, row);
        }

        writer.WriteEndArray();
        writer.WriteString("base"u8, report.Base);
        writer.WriteString("best"u8, report.Best);
        writer.WriteString("least"u8, report.Least);
        writer.WriteString("choice"u8, report.Choice);
        writer.WriteMaybe("bestPValue"u8, report.BestPValue);
        if (report.Adjustment is { } adjustment)
        {
            writer.WriteStartObject("adjustment"u8);
            writer.WriteString("covariate"u8, adjustment.Covariate);
            writer.WriteMaybe("coverage"u8, adjustment.Coverage);
            writer.WriteMaybe("theta"u8, adjustment.Theta);
            Unavailable(writer, adjustment.Unavailable);

            writer.WriteEndObject();
        }

        writer.WriteNumber("questions"u8, report.Questions);
        writer.WritePropertyName("sampleRatio"u8);
        Write(writer, report.SampleRatio);
        writer.WriteStartArray("guardrails"u8);
        foreach (var reading in report.Guardrails)
        {
            Write(writer, reading);
        }

        writer.WriteEndArray();
        if (report.Epochs is { } epochs)
        {
            writer.WriteStartArray("epochs"u8);
            foreach (var epoch in epochs)
            {
                AdaptiveJson.Write(writer, epoch);
            }

            writer.WriteEndArray();
        }

        writer.WriteStartObject("valueRemaining"u8);
        writer.WriteMaybe("value"u8, report.ValueRemaining.Value);
        Unavailable(writer, report.ValueRemaining.Unavailable);

        writer.WriteEndObject();
        writer.WriteStartArray("missing"u8);
        foreach (var missing in report.Missing)
        {
            Missing(writer, missing);
        }

        writer.WriteEndArray();
        writer.WriteWarnings(report.Warnings);
        writer.WriteEndObject();
    }

    /// <summary>The claims of a conclusion.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<Claim> claims)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("claims"u8);
        foreach (var claim in claims)
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, claim.Code);
            Write(writer, claim.Args);
            writer.WriteString("text"u8, claim.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ScoreRow row)
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

        Unavailable(writer, row.Unavailable);

        writer.WriteEndObject();
    }

    /// <summary>By field, why a number is null; nothing where there is none.</summary>
    internal static void Unavailable(Utf8JsonWriter writer, IReadOnlyList<UnavailableNumber> numbers)
    {
        if (numbers.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("unavailable"u8);
        foreach (var number in numbers)
        {
            writer.WritePropertyName(number.Field);
            Why(writer, number.Code, number.Detail);
        }

        writer.WriteEndObject();
    }

    /// <summary>Why an object says nothing; nothing where it does.</summary>
    private static void Unavailable(Utf8JsonWriter writer, MissingReason? why)
    {
        if (why is not null)
        {
            writer.WritePropertyName("unavailable"u8);
            Why(writer, why.Code, why.Detail);
        }
    }

    internal static void Write(Utf8JsonWriter writer, SampleRatio ratio)
    {
        writer.WriteStartObject();
        writer.WriteMaybe("pValue"u8, ratio.PValue);
        writer.WriteBoolean("mismatch"u8, ratio.Mismatch);
        Unavailable(writer, ratio.Unavailable);

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, GuardReading reading)
    {
        writer.WriteStartObject();
        writer.WriteString("metric"u8, reading.Metric.Id);
        writer.WriteString("alternative"u8, reading.Alternative);
        writer.WriteNumber("margin"u8, reading.Guardrail.Margin);
        writer.WriteNumber("alpha"u8, reading.Guardrail.Alpha);
        writer.WriteString("action"u8, reading.Guardrail.Action);
        writer.WriteMaybe("harm"u8, reading.Harm);
        writer.WriteMaybe("eValue"u8, reading.EValue);
        writer.WriteNumber("needed"u8, reading.Needed);
        writer.WriteString("guarantee"u8, reading.Guarantee);
        writer.WriteBoolean("tripped"u8, reading.Trip is not null);
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

    private static void Write(Utf8JsonWriter writer, ClaimArgs args)
    {
        writer.WriteStartObject("args"u8);
        if (args.Participants is { } participants)
        {
            writer.WriteNumber("participants"u8, participants);
        }

        Text(writer, "alternative"u8, args.Alternative);
        Number(writer, "rate"u8, args.Rate);
        Number(writer, "mean"u8, args.Mean);
        Text(writer, "over"u8, args.Over);
        Number(writer, "lead"u8, args.Lead);
        Number(writer, "probability"u8, args.Probability);
        Number(writer, "pValue"u8, args.PValue);
        writer.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    private static void Number(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? number)
    {
        if (number is { } given && double.IsFinite(given))
        {
            writer.WriteNumber(name, given);
        }
    }

    private static void Missing(Utf8JsonWriter writer, MissingReason missing)
    {
        writer.WriteStartObject();
        writer.WriteString("code"u8, missing.Code);
        writer.WriteString("detail"u8, missing.Detail);
        Number(writer, "participants"u8, missing.Participants);
        Number(writer, "days"u8, missing.Days);
        writer.WriteEndObject();
    }

    private static void Why(Utf8JsonWriter writer, string code, string detail)
    {
        writer.WriteStartObject();
        writer.WriteString("code"u8, code);
        writer.WriteString("detail"u8, detail);
        writer.WriteEndObject();
    }
}
