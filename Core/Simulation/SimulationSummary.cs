using Bandstand.Statistics;
using Bandstand.Statistics.Distributions;

namespace Bandstand.Simulation;

/// <summary>A mean over runs and how far it may be off.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Lower">The lower end of its 95 % interval; NaN where one number alone says nothing of it.</param>
/// <param name="Upper">The upper end, or NaN.</param>
public readonly record struct SimulatedFigure(double Mean, double Lower, double Upper)
{
    /// <summary>The figure of numbers, by Student's t.</summary>
    /// <param name="values">At least one; of one alone there is no interval.</param>
    public static SimulatedFigure Of(IEnumerable<double> values)
    {
        var moments = values.Aggregate(default(Moments), (sum, x) => sum.Add(x));
        var reach = moments.StandardDeviation is { } deviation
            ? StudentT.UpperQuantile(0.025, moments.Count - 1) * deviation / Math.Sqrt(moments.Count)
            : double.NaN;
        return new(moments.Mean, moments.Mean - reach, moments.Mean + reach);
    }

    /// <summary>A share of runs, by Wilson's interval (1927, Journal of the American Statistical Association 22, 209–212).</summary>
    /// <param name="hits">How many runs.</param>
    /// <param name="runs">Of how many, 1 or more.</param>
    public static SimulatedFigure Share(int hits, int runs)
    {
        const double z = 1.959963984540054;
        double p = (double)hits / runs, square = z * z / runs;
        var middle = (p + (square / 2)) / (1 + square);
        var reach = z / (1 + square) * Math.Sqrt((p * (1 - p) / runs) + (square / 4 / runs));
        return new(p, Math.Max(0, middle - reach), Math.Min(1, middle + reach));
    }
}

/// <summary>What a policy did over many runs. Immutable by convention.</summary>
public sealed record SimulationSummary
{
    /// <summary>The policy, as typed.</summary>
    public required string Policy { get; init; }

    /// <summary>How many runs.</summary>
    public required int Runs { get; init; }

    /// <summary>What was lost against the best alternative of each moment.</summary>
    public required SimulatedFigure Regret { get; init; }

    /// <summary>Runs that named a winner that was the best: the power, where something differs.</summary>
    public required SimulatedFigure Right { get; init; }

    /// <summary>Runs that named a winner that was not the best.</summary>
    public required SimulatedFigure Wrong { get; init; }

    /// <summary>Days until a winner was named, over the runs that named one; null when none did.</summary>
    public required SimulatedFigure? DaysToDecision { get; init; }

    /// <summary>Changes of the leader.</summary>
    public required SimulatedFigure Switches { get; init; }

    /// <summary>Changes to a leader that was no better.</summary>
    public required SimulatedFigure FalseSwitches { get; init; }

    /// <summary>Guardrails that acted.</summary>
    public required SimulatedFigure GuardTrips { get; init; }

    /// <summary>Epochs.</summary>
    public required SimulatedFigure Epochs { get; init; }

    /// <summary>What was lost by the end of each day.</summary>
    public required IReadOnlyList<SimulatedFigure> RegretByDay { get; init; }

    /// <summary>By alternative: its mean weight at the end of each day.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> WeightsByDay { get; init; }

    /// <summary>By value of each attribute that people have, in the order of the scenario.</summary>
    public required IReadOnlyList<SegmentSummary> Segments { get; init; }

    /// <summary>Sums up runs.</summary>
    /// <param name="policy">The policy, as typed.</param>
    /// <param name="runs">At least one, in order.</param>
    public static SimulationSummary Of(string policy, IReadOnlyList<SimulationRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentOutOfRangeException.ThrowIfZero(runs.Count, nameof(runs));
        var decided = runs.Where(r => r.DecidedAfter is not null).Select(r => r.DecidedAfter!.Value.TotalDays).ToList();
        var days = runs[0].RegretByDay.Count;
        return new SimulationSummary
        {
            Policy = policy,
            Runs = runs.Count,
            Regret = SimulatedFigure.Of(runs.Select(r => r.Regret)),
            Right = SimulatedFigure.Share(runs.Count(r => r.IsRight == true), runs.Count),
            Wrong = SimulatedFigure.Share(runs.Count(r => r.IsRight == false), runs.Count),
            DaysToDecision = decided.Count == 0 ? null : SimulatedFigure.Of(decided),
            Switches = SimulatedFigure.Of(runs.Select(r => (double)r.Switches)),
            FalseSwitches = SimulatedFigure.Of(runs.Select(r => (double)r.FalseSwitches)),
            GuardTrips = SimulatedFigure.Of(runs.Select(r => (double)r.GuardTrips)),
            Epochs = SimulatedFigure.Of(runs.Select(r => (double)r.Epochs)),
            RegretByDay = [.. Enumerable.Range(0, days).Select(day => SimulatedFigure.Of(runs.Select(r => r.RegretByDay[day])))],
            WeightsByDay = [.. Enumerable.Range(0, runs[0].WeightsByDay.Count).Select(a => (IReadOnlyList<double>)[.. Enumerable.Range(0, days).Select(day => runs.Average(r => r.WeightsByDay[a][day]))])],
            Segments = [.. runs[0].Segments.Select((segment, i) => new SegmentSummary(
                segment.Attribute,
                segment.Value,
                runs.Average(r => r.Segments[i].People),
                SimulatedFigure.Of(runs.Select(r => r.Segments[i].Regret)),
                [.. segment.Weights.Select((_, a) => runs.Average(r => r.Segments[i].Weights[a]))]))],
        };
    }
}

/// <summary>Those who have one value of an attribute, over runs.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Value">The value.</param>
/// <param name="People">How many came on average.</param>
/// <param name="Regret">What they lost against the best alternative for their kind.</param>
/// <param name="Weights">By alternative: the mean of what their newcomers get at the end.</param>
public sealed record SegmentSummary(string Attribute, string Value, double People, SimulatedFigure Regret, IReadOnlyList<double> Weights);
