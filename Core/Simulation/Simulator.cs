using Bandstand.Allocation;
using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Simulation;

/// <summary>
/// Plays an experiment under a simulated clock with simulated people. Whatever decides, assigns and counts is the product's own: the
/// decider, the schedule, the plan and the participant shard; only journals are left out, because nobody waits for them.
/// </summary>
/// <remarks>
/// One shard holds the participants, whatever the definition says, because results do not depend on their number. A run depends on the
/// scenario, the policy and the run's name alone. Use one simulator per run; not thread-safe, but runs may be played at the same time.
/// </remarks>
public sealed class Simulator
{
    private const long DayMs = 86_400_000;

    // How often in a run somebody asks for the verdict of an experiment that does not complete by itself.
    private const int Verdicts = 30;

    // Less than this is no difference.
    private const double Hair = 1e-12;

    private readonly SimulationScenario scenario;
    private readonly SimulatedWorld world;
    private readonly SimulatedActors actors;
    private readonly int[] slots;
    private readonly int[] alternatives;
    private readonly int[] addresses;
    private readonly PriorityQueue<(ulong Key, int Slot, double Value, long AtMs), (long AtMs, long Order)> due = new();
    private readonly List<double> regretByDay = [];
    private readonly List<double>[] weightsByDay;
    private readonly SimulatedPerson[] waiting = new SimulatedPerson[SimulatedActors.MostAtOnce];
    private readonly ulong[] keys = new ulong[SimulatedActors.MostAtOnce];
    private readonly (long People, double Regret)[] byKind;
    private readonly long startMs;
    private long order;
    private long people;
    private double regret;
    private int leader;
    private int switches;
    private int falseSwitches;
    private TimeSpan? decidedAfter;
    private bool? isRight;

    /// <summary>Prepares a run.</summary>
    /// <param name="scenario">The world.</param>
    /// <param name="definition">The experiment with the policy to be played; its alternatives and metrics are the scenario's.</param>
    /// <param name="name">The run's name, such as a seed and a number: it makes the people and who gets what.</param>
    /// <exception cref="ArgumentException">The policy cannot be simulated; see <see cref="Problem"/>.</exception>
    public Simulator(SimulationScenario scenario, ExperimentDefinition definition, string name)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(definition);
        if (Problem(scenario, definition) is { } problem)
        {
            throw new ArgumentException(problem, nameof(definition));
        }

        this.scenario = scenario;
        startMs = scenario.Start.ToUnixTimeMilliseconds();
        world = new SimulatedWorld(scenario, name);
        actors = new SimulatedActors(definition with { Shards = 1, Start = true, Assignment = definition.Assignment with { Seed = name } }, scenario.Kinds, scenario.Start);
        slots = [.. definition.Alternatives.Select(a => actors.State.SlotOf(a.Key))];
        alternatives = [.. Enumerable.Range(0, slots.Length).Select(slot => Array.IndexOf(slots, slot))];
        var routes = MetricFeeds.Routes(actors.State.Metrics).ToDictionary(route => route.Id, route => route.Address, StringComparer.Ordinal);
        addresses = [.. scenario.Events.Select(happening => routes[happening.Event])];
        weightsByDay = [.. slots.Select(_ => new List<double>())];
        byKind = new (long, double)[scenario.Kinds.Count];
        leader = Leader();
    }

    /// <summary>Whether the verdict of an experiment that does not complete by itself is asked for, thirty times a run.</summary>
    public bool AsksVerdict { get; init; } = true;

    /// <summary>Why a policy cannot be simulated, or null when it can.</summary>
    /// <param name="scenario">The world.</param>
    /// <param name="definition">The experiment.</param>
    public static string? Problem(SimulationScenario scenario, ExperimentDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(definition);
        return definition.Allocation switch
        {
            TimestepAllocation { Period: null } => "Timesteps of a simulation close by time: give \"period\", such as \"P1D\".",
            BanditAllocation { By: { } by } when scenario.Kinds.Attributes.All(a => a.Name != by)
                => $"Weights are to be learned by '{TextRules.Shorten(by)}', which nobody has here. Give the scenario \"attributes\": {{\"{TextRules.Shorten(by)}\": {{\"x\": 0.6, \"y\": 0.4}}}}, or leave out \"by\".",
            _ => null,
        };
    }

    /// <summary>Plays it to its end.</summary>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public SimulationRun Run(CancellationToken cancellationToken = default)
    {
        using var arrivals = world.People().GetEnumerator();
        var more = arrivals.MoveNext();
        var endMs = (long)scenario.Duration.TotalMilliseconds;
        var (nextDay, nextLook) = (DayMs, (long)scenario.Look.TotalMilliseconds);
        for (var now = 0L; now < endMs;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stop = Math.Min(Math.Min(endMs, nextDay), Math.Min(nextLook, Math.Max(now, NextByTime())));
            while (more && arrivals.Current.SinceMs <= stop)
            {
                more = Take(arrivals, stop);
            }

            now = stop;
            Apply(now);
            var at = At(now);
            while (ExperimentSchedule.NextTimestepAt(actors.State) <= at)
            {
                actors.CloseTimestep(at);
                Watch(now);
            }

            if (now >= nextLook || NextByTime() <= now)
            {
                actors.Review(at);
                Watch(now);
                nextLook = now >= nextLook ? nextLook + (long)scenario.Look.TotalMilliseconds : nextLook;
            }

            if (now >= nextDay || now == endMs)
            {
                Note(now);
                nextDay += DayMs;
            }
        }

        return Result();
    }

    private DateTimeOffset At(long now) => scenario.Start.AddMilliseconds(now);

    /// <summary>When time alone brings something about: a rebalance, a timestep's end or the deadline. Completion is looked at with every look.</summary>
    private long NextByTime()
    {
        var state = actors.State;
        var unlooked = state with { LastPut = state.LastPut with { CompleteWhen = null } };
        DateTimeOffset?[] all =
        [
            ExperimentSchedule.NextAt(unlooked, actors.LastReview, scenario.Start),
            ExperimentSchedule.NextTimestepAt(state),
            state.Status == ExperimentStatus.Running ? state.StartedAt + state.LastPut.CompleteWhen?.Deadline : null,
        ];
        var next = all.Min();
        return next is null ? long.MaxValue : (long)Math.Ceiling((next.Value - scenario.Start).TotalMilliseconds);
    }

    /// <summary>Lets people come until a time, at most as many as until the next review by count.</summary>
    private bool Take(IEnumerator<SimulatedPerson> arrivals, long stop)
    {
        if (actors.IsGuarded)
        {
            Apply(arrivals.Current.SinceMs); // Whoever comes after an alternative was dropped does not get it.
        }

        var next = ExperimentSchedule.NextParticipants(actors.State, actors.LastParticipants) ?? long.MaxValue;
        var room = actors.IsGuarded ? 1 : Math.Min(waiting.Length, Math.Max(1, next - actors.Participants));
        var (count, more) = (0, true);
        while (more && count < room && arrivals.Current.SinceMs <= stop)
        {
            waiting[count++] = arrivals.Current;
            more = arrivals.MoveNext();
        }

        var answers = actors.Assign(waiting.AsSpan(0, count), scenario.Start, keys);
        for (var i = 0; i < count; i++)
        {
            Shown(waiting[i], keys[i], answers[i]);
        }

        var now = waiting[count - 1].SinceMs;
        if (actors.Participants >= next)
        {
            Apply(now);
            actors.Review(At(now));
            Watch(now);
        }

        return more;
    }

    private void Shown(SimulatedPerson person, ulong key, in ShardAnswer answer)
    {
        if (answer.Reason is not (AssignmentReason.Assigned or AssignmentReason.Completed or AssignmentReason.Disabled))
        {
            return;
        }

        var alternative = alternatives[answer.Alternative];
        people++;
        var lost = world.Lost(person, alternative);
        regret += lost;
        byKind[person.Kind] = (byKind[person.Kind].People + 1, byKind[person.Kind].Regret + lost);
        if (!answer.New)
        {
            return;
        }

        for (var happening = 0; happening < addresses.Length; happening++)
        {
            var outcome = world.Outcome(person, happening, alternative);
            if (outcome.Converted)
            {
                var at = person.SinceMs + outcome.DelayMs;
                due.Enqueue((key, addresses[happening], outcome.Value, startMs + at), (at, order++));
            }
        }
    }

    private void Apply(long now)
    {
        while (due.TryPeek(out var happened, out var when) && when.AtMs <= now)
        {
            actors.Add(happened.Key, happened.Slot, happened.Value, happened.AtMs);
            due.Dequeue();
            if (actors.Guards(happened.Slot))
            {
                actors.Apply(happened.AtMs);
                Guard(when.AtMs);
            }
        }

        actors.Apply(startMs + now);
    }

    private void Guard(long now)
    {
        if (actors.Guard(At(now)))
        {
            Watch(now);
        }
    }

    private int Leader()
    {
        if (actors.State.Outcome is { } outcome)
        {
            return alternatives[outcome];
        }

        var best = leader;
        for (var i = 0; i < slots.Length; i++)
        {
            best = Weight(i) > Weight(best) ? i : best;
        }

        return best;
    }

    /// <summary>An alternative's weight among all who come.</summary>
    private double Weight(int alternative)
    {
        var state = actors.State;
        var everybody = Weight(alternative, state.Epoch);
        var weight = everybody;
        foreach (var own in state.SegmentEpochs)
        {
            weight += ShareOf(state.Segments[own.Segment!.Slot].Attribute, own.Segment.Value) * (Weight(alternative, own) - everybody);
        }

        return weight;
    }

    private double Weight(int alternative, WeightEpoch epoch) => actors.State.Outcome is { } outcome
        ? outcome == slots[alternative] ? 1 : 0
        : epoch.Weights[slots[alternative]] / (double)WholeWeights.Sum;

    private double ShareOf(string attribute, string value)
        => scenario.Kinds.Attributes.FirstOrDefault(a => a.Name == attribute)?.Values.FirstOrDefault(v => v.Value == value)?.Share ?? 0;

    /// <summary>Notes what a review changed.</summary>
    private void Watch(long now)
    {
        var leads = Leader();
        if (leads != leader)
        {
            switches++;
            falseSwitches += world.Expected(leads, now) > world.Expected(leader, now) ? 0 : 1;
            leader = leads;
        }

        if (decidedAfter is null && actors.State.Outcome is { } outcome && Winner(outcome) is { } winner)
        {
            Decide(winner, now);
        }
    }

    /// <summary>The outcome, unless only the deadline or a guardrail brought it about.</summary>
    private int? Winner(int outcome) => actors.State.CompletedAt >= actors.State.StartedAt + actors.State.LastPut.CompleteWhen?.Deadline
        || actors.State.Trips.Any(trip => trip.Action == GuardrailDefinition.MoveToDefault) ? null : alternatives[outcome];

    private void Decide(int winner, long now)
    {
        decidedAfter = TimeSpan.FromMilliseconds(now);
        var gained = world.Expected(winner, now);
        isRight = gained >= world.BestExpected(now) - Hair && slots.Select((_, i) => world.Expected(i, now)).Min() < gained - Hair;
    }

    /// <summary>The end of a day: an experiment that does not complete by itself is asked for its verdict, as somebody would.</summary>
    private void Note(long now)
    {
        regretByDay.Add(regret);
        for (var i = 0; i < slots.Length; i++)
        {
            weightsByDay[i].Add(Weight(i));
        }

        var state = actors.State;
        var asked = regretByDay.Count % Math.Max(1, (int)Math.Ceiling(scenario.Duration.TotalDays / Verdicts)) == 0;
        if (AsksVerdict && asked && decidedAfter is null && state.Status == ExperimentStatus.Running && state.LastPut.CompleteWhen?.Probability is null && actors.Participants > 0)
        {
            var arms = ExperimentArms.OfPrimary(state, actors.Statistics(At(now)));
            if (DecisionScore.Choice(state, arms, state.LastPut.Scoring.Confidence) is { } choice)
            {
                Decide(alternatives[state.SlotOf(choice)], now);
            }
        }
    }

    private SimulationRun Result() => new()
    {
        People = people,
        Regret = regret,
        Switches = switches,
        FalseSwitches = falseSwitches,
        DecidedAfter = decidedAfter,
        IsRight = isRight,
        GuardTrips = actors.State.Trips.Length,
        Epochs = actors.State.Epochs.Length,
        Experiment = actors.State,
        RegretByDay = regretByDay,
        WeightsByDay = weightsByDay,
        Segments = [.. scenario.Kinds.Attributes.SelectMany((attribute, a) => attribute.Values.Select((_, v) => Segment(a, v)))],
    };

    private SimulatedSegment Segment(int attribute, int value)
    {
        var kinds = Enumerable.Range(0, byKind.Length).Where(kind => scenario.Kinds.ValueOf(kind, attribute) == value).ToList();
        var (name, text) = (scenario.Kinds.Attributes[attribute].Name, scenario.Kinds.Attributes[attribute].Values[value].Value);
        var state = actors.State;
        var epoch = state.SegmentEpochs.FirstOrDefault(own => state.Segments[own.Segment!.Slot].Attribute == name && own.Segment.Value == text) ?? state.Epoch;
        return new(name, text, kinds.Sum(kind => byKind[kind].People), kinds.Sum(kind => byKind[kind].Regret), [.. slots.Select((_, i) => Weight(i, epoch))]);
    }
}
