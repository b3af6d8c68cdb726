using System.Globalization;
using System.Text.Json;
using Bandstand.Experiments;

namespace Bandstand.Simulation;

/// <summary>Reads how people come to one event in a simulated world.</summary>
internal sealed partial class SimulatedEventReader(
    JsonFields fields, string name, string sent, MetricKind kind, ExperimentDefinition experiment, IReadOnlyList<SimulatedTrait> attributes, DefinitionErrors errors)
{
    /// <summary>The event, and the name of what it comes after.</summary>
    public (SimulatedEvent Event, string? After) Read()
    {
        var rates = Rates(fields);
        if (!fields.Has("rates"))
        {
            fields.Missing("rates", "Give each alternative a rate, such as {\"a\": 0.1, \"b\": 0.12}.");
        }

        IReadOnlyList<SimulatedValue> values = [];
        if (kind == MetricKind.Conversion)
        {
            if (fields.Has("values"))
            {
                WorthNothing(fields);
            }
        }
        else
        {
            values = fields.Has("values") ? Values(fields) : OfAll(new SimulatedValue(1, 0));
        }

        var (wave, amplitude) = Pair("wave", "period", "amplitude", n => n is >= 0 and <= 1, "from 0 to 1");
        var (every, sigma) = Pair("drift", "every", "sigma", n => n is >= 0 and <= 1, "from 0 to 1");
        var delay = Delay();
        var differences = Differences(rates, values);
        var each = fields.Flag("each") ?? false;
        if (each && (!fields.Has("after") || kind == MetricKind.Conversion))
        {
            errors.Invalid(fields.PathOf("each"), ExperimentCodes.WrongKind, kind == MetricKind.Conversion
                ? $"'{sent}' is a conversion metric, whose events have no value to be multiplied. Leave it out, or use \"kind\": \"value\"."
                : "Values are multiplied by those of the event before, and there is none. Name it with \"after\", or leave \"each\" out.");
        }

        var after = fields.Word("after");
        fields.Close();
        return (new SimulatedEvent(name, sent, kind, rates)
        {
            Each = each,
            Values = values,
            Differences = differences,
            Delay = delay,
            WavePeriod = wave,
            WaveAmplitude = amplitude,
            DriftEvery = every,
            DriftSigma = sigma,
        }, after);
    }

    /// <summary>The same rate for all, or one for each alternative.</summary>
    private List<RatePath> Rates(JsonFields of, IReadOnlyList<RatePath>? usual = null) => of.Raw("rates").ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        JsonValueKind.Object => ByAlternative(of.Object("rates")!, Path, usual),
        _ => OfAll(Path(of.Raw("rates"), of.PathOf("rates"))),
    };

    private List<T> OfAll<T>(T one) => [.. experiment.Alternatives.Select(_ => one)];

    /// <summary>A thing for each alternative; those that are not named are as they usually are, if there is a usual.</summary>
    private List<T> ByAlternative<T>(JsonFields byKey, Func<JsonElement, string, T> read, IReadOnlyList<T>? usual)
    {
        var all = new List<T>();
        foreach (var (key, i) in experiment.Alternatives.Select((a, i) => (a.Key, i)))
        {
            if (byKey.Has(key))
            {
                all.Add(read(byKey.Raw(key), byKey.PathOf(key)));
            }
            else if (usual?.Count > i)
            {
                all.Add(usual[i]);
            }
            else if (usual is null)
            {
                byKey.Missing(key, "Every alternative needs one.");
            }
        }

        byKey.Close();
        return all;
    }

    private RatePath Path(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Number)
        {
            return new RatePath([(TimeSpan.Zero, Rate(element, path))]);
        }

        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() == 0)
        {
            errors.WrongType(path, "a rate such as 0.1, or points such as [{\"at\": \"P0D\", \"rate\": 0.1}, {\"at\": \"P30D\", \"rate\": 0.12}]", element);
            return new RatePath([(TimeSpan.Zero, 0)]);
        }

        var points = new List<(TimeSpan At, double Rate)>();
        foreach (var (point, i) in element.EnumerateArray().Select((p, i) => (p, i)))
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
            if (JsonFields.Open(point, at, errors) is not { } field)
            {
                continue;
            }

            // "P0D" is how a path begins, though it is no duration anywhere else.
            var begins = field.Raw("at") is { ValueKind: JsonValueKind.String } text && text.ValueEquals("P0D");
            var time = begins ? TimeSpan.Zero : field.Duration("at", TimeSpan.FromSeconds(1)) ?? TimeSpan.Zero;
            if (points.Count > 0 && time <= points[^1].At)
            {
                errors.Invalid(field.PathOf("at"), ExperimentCodes.OutOfRange, "Points stand in the order of their times, each later than the one before.");
            }

            points.Add((time, Rate(field.Raw("rate"), field.PathOf("rate"))));
            field.Close();
        }

        return new RatePath(points);
    }

    private double Rate(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var rate) && rate is >= 0 and <= 1)
        {
            return rate;
        }

        errors.Invalid(path, ExperimentCodes.OutOfRange, "A rate is a number from 0 to 1: the probability that a participant has an event.");
        return 0;
    }

    private void WorthNothing(JsonFields of)
        => errors.Invalid(of.PathOf("values"), ExperimentCodes.OutOfRange, $"'{sent}' is a conversion metric, whose events have no value. Leave it out, or use \"kind\": \"value\".");

    /// <summary>What events are worth: the same for all, or by alternative.</summary>
    private List<SimulatedValue> Values(JsonFields of, IReadOnlyList<SimulatedValue>? usual = null)
    {
        var shared = of.Object("values");
        if (shared is null || shared.Has("mean"))
        {
            var one = shared is null ? new SimulatedValue(1, 0) : Value(of.Raw("values"), of.PathOf("values"));
            return OfAll(one);
        }

        return ByAlternative(shared, Value, usual);
    }

    private SimulatedValue Value(JsonElement element, string path)
    {
        if (JsonFields.Open(element, path, errors) is not { } value)
        {
            return new SimulatedValue(1, 0);
        }

        if (!value.Has("mean"))
        {
            value.Missing("mean", "Say what an event is worth on average.");
        }

        var mean = value.Number("mean", n => n is > 0 and <= 1e12, "over 0 and at most 1e12") ?? 1;
        var sigma = value.Number("sigma", n => n is >= 0 and <= 5, "from 0 to 5") ?? 0;
        value.Close();
        return new SimulatedValue(mean, sigma);
    }

    private (TimeSpan Time, double Size) Pair(string field, string time, string size, Func<double, bool> allowed, string range)
    {
        if (fields.Object(field) is not { } pair)
        {
            return default;
        }

        foreach (var part in (string[])[time, size])
        {
            if (!pair.Has(part))
            {
                pair.Missing(part, $"\"{field}\" needs \"{time}\" and \"{size}\".");
            }
        }

        var every = pair.Duration(time, TimeSpan.FromHours(1)) ?? default;
        var height = pair.Number(size, allowed, range) ?? 0;
        pair.Close();
        return (every, height);
    }

    private SimulatedDelay Delay()
    {
        if (fields.Raw("delay").ValueKind != JsonValueKind.Object)
        {
            return fields.Duration("delay", TimeSpan.FromSeconds(1)) is { } mean ? new(mean, DelayShape.Exponential) : new(TimeSpan.Zero, DelayShape.Fixed);
        }

        var delay = fields.Object("delay")!;
        if (!delay.Has("mean"))
        {
            delay.Missing("mean", "Say how late an event comes on average, such as \"P2D\".");
        }

        var on = delay.Duration("mean", TimeSpan.FromSeconds(1)) ?? default;
        var shape = delay.OneOf("shape", "fixed", "exponential", "lognormal") switch
        {
            "fixed" => DelayShape.Fixed,
            "lognormal" => DelayShape.Lognormal,
            _ => DelayShape.Exponential,
        };
        delay.Close();
        return new(on, shape);
    }
}
