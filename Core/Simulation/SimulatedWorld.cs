using Bandstand.Experiments;

namespace Bandstand.Simulation;

/// <summary>Somebody who comes.</summary>
/// <param name="Number">From 0, in the order they come.</param>
/// <param name="SinceMs">When, in milliseconds since the start.</param>
/// <param name="Kind">Which of the scenario's kinds of people.</param>
public readonly record struct SimulatedPerson(long Number, long SinceMs, int Kind = 0);

/// <summary>Whether somebody has an event under an alternative.</summary>
/// <param name="Converted">Whether there is one.</param>
/// <param name="DelayMs">How long after the assignment, in milliseconds.</param>
/// <param name="Value">What it is worth; 1 of a conversion.</param>
public readonly record struct SimulatedOutcome(bool Converted, long DelayMs, double Value);

/// <summary>
/// One run of a scenario's world: the same name gives the same people, who would do the same under the same alternative whoever plays
/// it, so that policies are compared on equals. Rates hold for an hour at a time. Not thread-safe.
/// </summary>
public sealed class SimulatedWorld
{
    private const long HourMs = 3_600_000;

    private readonly SimulationScenario scenario;
    private readonly NamedDraws people;
    private readonly NamedDraws kinds;
    private readonly SimulatedBehaviour[] behaviours;
    private readonly SimulatedReward reward;
    private readonly int hours;

    /// <summary>Makes the world of a run.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="name">The run's name.</param>
    public SimulatedWorld(SimulationScenario scenario, string name)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        this.scenario = scenario;
        Name = name;
        people = new NamedDraws(name + "/people");
        kinds = new NamedDraws(name + "/attributes");
        hours = (int)Math.Ceiling(scenario.Duration.TotalHours);
        behaviours = [.. scenario.Events.Select(happening => new SimulatedBehaviour(happening, scenario.Kinds, hours, name))];
        reward = new SimulatedReward(scenario, behaviours);
    }

    /// <summary>The run's name.</summary>
    public string Name { get; }

    /// <summary>Who comes, in order of time.</summary>
    public IEnumerable<SimulatedPerson> People()
    {
        var times = new NamedDraws(Name + "/times");
        var (number, cumulated) = (0L, 0.0);
        for (var hour = 0; hour < hours; hour++)
        {
            var start = scenario.Start + TimeSpan.FromHours(hour);
            var part = Math.Min(1, scenario.Duration.TotalHours - hour);
            cumulated += scenario.Traffic.PerDay / 24 * scenario.Traffic.Weekdays[((int)start.DayOfWeek + 6) % 7] * scenario.Traffic.Hours[start.Hour] * part;
            var at = new long[(int)((long)Math.Floor(cumulated + 1e-9) - number)];
            for (var i = 0; i < at.Length; i++)
            {
                at[i] = (hour * HourMs) + (long)(times.Next() * HourMs * part);
            }

            Array.Sort(at);
            foreach (var time in at)
            {
                yield return new SimulatedPerson(number, time, scenario.Kinds.Count == 1 ? 0 : scenario.Kinds.Draw(kinds.Branch(number)));
                number++;
            }
        }
    }

    /// <summary>What an alternative brings by the primary metric on average over all kinds of people; more is better, also where less is.</summary>
    /// <param name="alternative">Its index.</param>
    /// <param name="sinceMs">The time of assignment.</param>
    public double Expected(int alternative, long sinceMs) => reward.Of(alternative, Hour(sinceMs));

    /// <summary>The best of <see cref="Expected"/>.</summary>
    /// <param name="sinceMs">The time of assignment.</param>
    public double BestExpected(long sinceMs) => Enumerable.Range(0, reward.Alternatives).Max(alternative => Expected(alternative, sinceMs));

    /// <summary>What is lost in expectation when somebody gets an alternative and not the best one for their kind at that moment, 0 or more; of a ratio or retention it is what is above the line, at as much below it.</summary>
    /// <param name="person">Who.</param>
    /// <param name="alternative">The alternative's index.</param>
    public double Lost(SimulatedPerson person, int alternative) => reward.Lost(person.Kind, alternative, Hour(person.SinceMs));

    /// <summary>What somebody does under an alternative.</summary>
    /// <param name="person">Who.</param>
    /// <param name="happening">Which of the scenario's events, by index.</param>
    /// <param name="alternative">The alternative's index.</param>
    public SimulatedOutcome Outcome(SimulatedPerson person, int happening, int alternative)
    {
        var simulated = scenario.Events[happening];
        var before = new SimulatedOutcome(true, 0, 1);
        if (simulated.After is { } after)
        {
            before = Outcome(person, after, alternative);
            if (!before.Converted)
            {
                return default;
            }
        }

        // The same luck under every alternative: who converts under a worse one would under a better one.
        var draws = people.Branch((person.Number * behaviours.Length) + happening);
        if (draws.Next() >= behaviours[happening].Rate(person.Kind, alternative, Hour(person.SinceMs)))
        {
            return default;
        }

        var delay = simulated.Delay.Mean.TotalMilliseconds * simulated.Delay.Shape switch
        {
            DelayShape.Exponential => draws.NextExponential(),
            DelayShape.Lognormal => draws.NextLognormal(1),
            _ => 1,
        };
        var value = 1.0;
        if (behaviours[happening].Value(person.Kind, alternative) is { } of)
        {
            value = of.Mean * (of.Sigma == 0 ? 1 : draws.NextLognormal(of.Sigma)) * (simulated.Each ? before.Value : 1);
            value = simulated.Kind == MetricKind.Count ? Math.Max(1, Math.Round(value)) : value;
        }

        return new SimulatedOutcome(true, before.DelayMs + (long)Math.Min(delay, 1e15), value);
    }

    private int Hour(long sinceMs) => (int)Math.Min(sinceMs / HourMs, hours - 1);
}
