using System.Text;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Statistics;

namespace Bandstand.Tests.Experiments;

/// <summary>Given what happened, when something is asked, then events or a refusal.</summary>
internal sealed class Scenario
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    public static readonly SipKey FirstKey = new(1, 2);

    private DateTimeOffset now = Noon;
    private SipKey nextKey = FirstKey;
    private ExperimentStatistics? statistics;
    private Answer<IReadOnlyList<ExperimentEvent>> answer;

    public Answer<IReadOnlyList<ExperimentEvent>> Answer => answer;

    public ExperimentState State { get; private set; } = NoExperiment.Never;

    public Experiment Experiment => Assert.IsType<Experiment>(State);

    public Refusal Refusal => answer.Refusal ?? throw new InvalidOperationException("It was not refused.");

    public IReadOnlyList<ExperimentEvent> Events => answer.Value;

    public static ExperimentDefinition Define(string json, string id = "price") => ExperimentDefinitionJson.Parse(id, Encoding.UTF8.GetBytes(json)).Value;

    public static Scenario Given(string? definition = TwoArms, params ExperimentCommand[] before)
    {
        var scenario = new Scenario();
        return definition is null ? scenario : scenario.And([new ExperimentCommand.Put(Define(definition)), .. before]);
    }

    public Scenario And(params ExperimentCommand[] before)
    {
        foreach (var command in before)
        {
            Assert.Null(When(command).answer.Refusal);
            State = ExperimentDecider.Apply(State, Events);
        }

        return this;
    }

    public Scenario After(TimeSpan time)
    {
        now += time;
        return this;
    }

    /// <summary>Participants and converted by slot, in the present epoch.</summary>
    public Scenario With(params (long Participants, long Converted)[] arms)
        => With([.. arms.Select(a => new MetricStatistics(a.Converted, a.Converted, Moments.FromConversions(a.Participants, a.Converted)))]);

    public Scenario With(params MetricStatistics[] arms)
    {
        var metrics = Experiment.Metrics;
        var rows = arms.Select(a => new AlternativeStatistics(a.Moments.Count, [.. metrics.Select((_, i) => i == 0 ? a : new MetricStatistics(0, 0, new Moments(a.Moments.Count, 0, 0)))])).ToArray();
        statistics = new ExperimentStatistics(metrics, rows, [new EpochStatistics(Experiment.Epoch.Number, rows)]);
        return this;
    }

    /// <summary>Participants and converted by epoch and slot.</summary>
    public Scenario WithEpochs(params (long Participants, long Converted)[][] epochs)
    {
        var byEpoch = epochs.Select((arms, e) => new EpochStatistics(e, With(arms).statistics!.Total)).ToArray();
        _ = With([.. epochs[0].Select((_, slot) => (epochs.Sum(arms => arms[slot].Participants), epochs.Sum(arms => arms[slot].Converted)))]);
        statistics = statistics! with { Epochs = byEpoch };
        return this;
    }

    public Scenario When(ExperimentCommand command)
    {
        nextKey = new(nextKey.K0 + 1, nextKey.K1);
        var none = new ExperimentStatistics([], [], []);
        answer = ExperimentDecider.Decide(State, command, new DecisionInputs(now, nextKey, statistics ?? none));
        return this;
    }

    public Scenario When(string definition) => When(new ExperimentCommand.Put(Define(definition)));

    public void ThenNothing() => Assert.Empty(Events);

    public T Then<T>()
        where T : ExperimentEvent
        => Assert.IsType<T>(Assert.Single(Events));

    public Experiment ThenApplied()
    {
        Apply();
        return Experiment;
    }

    public void Apply() => State = ExperimentDecider.Apply(State, Events);

    public Refusal ThenRefused(RefusalKind kind, string code)
    {
        Assert.NotNull(answer.Refusal);
        Assert.Equal((kind, code), (Refusal.Kind, Refusal.Code));
        Assert.NotEmpty(Refusal.Detail);
        return Refusal;
    }

    public const string TwoArms = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup"}]}""";
    public const string Draft = """{"start":false,"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup"}]}""";
}
