using System.Globalization;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics.Planning;

/// <summary>Reads a question about sample size from named texts, and names every one that is wrong. Pure and thread-safe.</summary>
public static class PowerQueryReader
{
    /// <summary>The names, in the order in which they are explained.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "kind", "baseline", "stdDev", "eventShare", "lift", "difference", "goal", "alpha", "power", "participants", "days", "perDay", "alternatives", "weights",
        "method", "experiment", "metric",
    ];

    /// <summary>Reads a question, or says what is wrong with it.</summary>
    /// <param name="text">The text of a name, or null where it is not given.</param>
    /// <param name="prefix">What errors put before a name: <c>?</c> for query parameters, <c>--</c> for options.</param>
    public static Answer<PowerQuery> Read(Func<string, string?> text, string prefix = "?")
    {
        var errors = new ParameterErrors(prefix);
        var reader = new Fields(text, errors);
        var query = new PowerQuery
        {
            Experiment = reader.Text("experiment"),
            Metric = reader.Text("metric"),
            Kind = reader.Word<MetricKind>("kind", ("conversion", MetricKind.Conversion), ("count", MetricKind.Count), ("value", MetricKind.Value), ("ratio", MetricKind.Ratio), ("retention", MetricKind.Retention)),
            Goal = reader.Word<MetricGoal>("goal", ("increase", MetricGoal.Increase), ("decrease", MetricGoal.Decrease)),
            Method = reader.Word<ScoreMethod>("method", ("sequential", ScoreMethod.Sequential), ("fixed", ScoreMethod.Fixed)),
            Baseline = reader.Number("baseline", _ => true, "finite"),
            StandardDeviation = reader.Number("stdDev", x => x > 0, "over 0"),
            EventShare = reader.Number("eventShare", x => x is > 0 and <= 1, "over 0 and at most 1"),
            Lift = reader.Number("lift", x => x != 0, "other than 0, such as 0.1 for 10 % more"),
            Difference = reader.Number("difference", x => x != 0, "other than 0"),
            Alpha = reader.Number("alpha", x => x is > 0 and < 0.5, "over 0 and under 0.5, such as 0.05"),
            Power = reader.Number("power", x => x is > 0 and < 1, "over 0 and under 1, such as 0.8"),
            Participants = reader.Number("participants", x => x is >= 4 and <= PowerSolver.MostParticipants, "from 4 to 1e12"),
            Days = reader.Number("days", x => x is > 0 and <= 36_600, "over 0 and at most 36600"),
            PerDay = reader.Number("perDay", x => x is > 0 and <= PowerSolver.MostParticipants, "over 0 and at most 1e12"),
            Alternatives = (int?)reader.Number("alternatives", x => x is >= 2 and <= DefinitionLimits.MostAlternatives && Math.Floor(x) == x, "from 2 to 256 without a fraction"),
            Weights = reader.Weights("weights"),
        };
        if (query is { Lift: not null, Difference: not null })
        {
            errors.Invalid("difference", ExperimentCodes.DuplicateField, "The effect is given twice. Give lift or difference.");
        }

        if (query is { Participants: not null, Days: not null })
        {
            errors.Invalid("days", ExperimentCodes.DuplicateField, "The sample is given twice. Give participants, or days and perDay.");
        }

        if (query.Weights is { } weights && query.Alternatives is { } alternatives && weights.Count != alternatives)
        {
            errors.Invalid("alternatives", ExperimentCodes.WrongCount, $"{weights.Count} weights are given. Leave this out, or give as many weights.");
        }

        if (query.Metric is not null && query.Experiment is null)
        {
            errors.Invalid("metric", ExperimentCodes.MissingField, "A metric belongs to an experiment. Give experiment, or leave this out.");
        }

        return errors.Any ? errors.ToRefusal() : query;
    }

    private sealed class Fields(Func<string, string?> text, ParameterErrors errors)
    {
        public string? Text(string name) => text(name) is { Length: > 0 } given ? given : null;

        public T? Word<T>(string name, params (string Word, T Value)[] words)
            where T : struct
        {
            if (Text(name) is not { } given)
            {
                return null;
            }

            foreach (var (word, value) in words)
            {
                if (word == given)
                {
                    return value;
                }
            }

            errors.Invalid(name, ExperimentCodes.UnknownWord, $"'{TextRules.Shorten(given)}' is not known here. Use one of: {string.Join(", ", words.Select(w => w.Word))}.");
            return null;
        }

        public double? Number(string name, Func<double, bool> allowed, string range)
        {
            if (Text(name) is not { } given)
            {
                return null;
            }

            if (!TryNumber(given, out var number))
            {
                errors.Malformed(name, ExperimentCodes.WrongType, $"'{TextRules.Shorten(given)}' is no number. Give one, such as 0.05.");
                return null;
            }

            if (allowed(number))
            {
                return number;
            }

            errors.Invalid(name, ExperimentCodes.OutOfRange, $"{TextRules.Shorten(given)} is outside the range. Use a number {range}.");
            return null;
        }

        public List<double>? Weights(string name)
        {
            if (Text(name) is not { } given)
            {
                return null;
            }

            var parts = given.Split(',');
            var weights = new List<double>();
            foreach (var part in parts)
            {
                if (!TryNumber(part, out var weight))
                {
                    errors.Malformed(name, ExperimentCodes.WrongType, $"'{TextRules.Shorten(part)}' is no number. Give weights with commas between them, the control's first, such as 2,1,1.");
                    return null;
                }

                if (!(weight is > 0 and <= DefinitionLimits.GreatestWeight))
                {
                    errors.Invalid(name, ExperimentCodes.OutOfRange, $"{TextRules.Shorten(part)} is outside the range. Use weights over 0 and at most 1e9.");
                    return null;
                }

                weights.Add(weight);
            }

            if (weights.Count is >= 2 and <= DefinitionLimits.MostAlternatives)
            {
                return weights;
            }

            errors.Invalid(name, ExperimentCodes.WrongCount, "Give 2 to 256 weights, the control's first.");
            return null;
        }

        private static bool TryNumber(string text, out double number)
            => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }
}
