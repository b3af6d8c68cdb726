using Bandstand.Statistics.Bayes;

namespace Bandstand.Experiments;

/// <summary>What was known before.</summary>
internal sealed partial class ExperimentDefinitionReader
{
    private const double GreatestWorth = 1e12;

    private SortedDictionary<string, MetricPrior>? Priors(JsonFields scoring, IReadOnlyList<MetricDefinition> metrics)
    {
        if (scoring.Object("prior") is not { } fields)
        {
            return null;
        }

        var priors = new SortedDictionary<string, MetricPrior>(StringComparer.Ordinal);
        foreach (var (id, _) in fields.All)
        {
            if (fields.Object(id) is not { } prior)
            {
                continue;
            }

            if (metrics.FirstOrDefault(m => m.Id == id) is not { } metric)
            {
                errors.Invalid(fields.PathOf(id), ExperimentCodes.UnknownMetric, $"No metric has the id '{TextRules.Shorten(id)}'. Use one of: {Listed(metrics.Select(m => m.Id))}.");
            }
            else
            {
                priors[id] = metric.Kind == MetricKind.Conversion ? new MetricPrior(Rate: Rate(prior)) : new MetricPrior(Mean: Mean(prior));
                prior.Close();
            }
        }

        return priors.Count > 0 ? priors : null;
    }

    private static BetaPrior Rate(JsonFields prior)
    {
        double? Part(string name, string remedy)
            => Required(prior, name, remedy) ? prior.Number(name, n => n is > 0 and <= GreatestWorth, "over 0 and at most 1e12") : null;
        return new BetaPrior(
            Part("alpha", "Give how many converted before, and 1 more; 1 knows nothing.") ?? 1,
            Part("beta", "Give how many did not convert before, and 1 more; 1 knows nothing.") ?? 1);
    }

    private static NormalPrior Mean(JsonFields prior)
    {
        var mean = Required(prior, "mean", "Give the mean total per participant that is expected.") ? prior.Number("mean", n => Math.Abs(n) <= 1e100, "of at most 1e100") : null;
        var deviation = Required(prior, "stdDev", "Give the standard deviation of participants' totals that is expected.") ? prior.Number("stdDev", n => n is > 0 and <= 1e100, "over 0 and at most 1e100") : null;
        var participants = Required(prior, "participants", "Give how many participants the mean is worth.") ? prior.Number("participants", n => n is > 0 and <= GreatestWorth, "over 0 and at most 1e12") : null;
        var freedom = prior.Number("degreesOfFreedom", n => n is >= 2 and <= GreatestWorth, "from 2 to 1e12");
        return new NormalPrior(mean ?? 0, deviation ?? 1, participants ?? 1, freedom ?? Math.Max(2, participants ?? 1));
    }
}
