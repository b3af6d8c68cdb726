using System.Text;
using Bandstand.Assignment;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Tests.Conformance;

/// <summary>
/// What every <see cref="IExperiments"/> must do, wherever the experiments live. Each host runs this suite as it stands.
/// </summary>
public abstract partial class ExperimentsConformance : IAsyncLifetime
{
    /// <summary>The clock every test starts at.</summary>
    protected static readonly DateTimeOffset Start = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);

    /// <summary>The host's clock.</summary>
    protected FakeClock Clock { get; } = new(Start);

    /// <summary>The host under test.</summary>
    protected IExperiments Bandstand { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Bandstand = await Open();

    public async ValueTask DisposeAsync()
    {
        await Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the host on <see cref="Clock"/>.</summary>
    protected abstract Task<IExperiments> Open();

    /// <summary>Stops the host and starts it again on what is stored.</summary>
    protected abstract Task<IExperiments> Reopen(bool collect);

    /// <summary>Stops the host.</summary>
    protected abstract Task Close();

    /// <summary>Moves the clock on and lets every timer that is due run to its end.</summary>
    protected abstract Task Pass(TimeSpan time);

    /// <summary>Goes on with a host that was started again on what is stored.</summary>
    protected async Task Restart(bool collect = true) => Bandstand = await Reopen(collect);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected async Task<ExperimentView> Define(string id, string json = TwoArms)
    {
        var definition = ExperimentDefinitionJson.Parse(id, Encoding.UTF8.GetBytes(json));
        return (await Bandstand.Put(definition.Value, cancellationToken: Token)).Value.Experiment;
    }

    protected async Task<AssignmentResult> Assign(string experiment, string identity, bool record = true) =>
        (await Bandstand.Assign(experiment, new AssignmentRequest(identity, null, record), Token)).Value;

    protected async Task AssignAll(string experiment, int count, string prefix = "u")
    {
        for (var number = 0; number < count; number++)
        {
            await Assign(experiment, $"{prefix}{number}");
        }
    }

    protected async Task<EventReceipt> Send(string lines, ProducerSequence? producer = null) =>
        (await Bandstand.Ingest(new EventBatch(Encoding.UTF8.GetBytes(lines), EventFormat.Lines, producer), Token)).Value;

    protected Task<EventReceipt> Track(string metric, string identity, double value = 1) =>
        Send($$"""{"metric":"{{metric}}","identity":"{{identity}}","value":{{value}}}""");

    protected async Task<ExperimentView> Do(string experiment, ExperimentCommand command) =>
        (await Bandstand.Execute(experiment, command, cancellationToken: Token)).Value;

    protected async Task<ScoreReport> Score(string experiment, string metric = "signup", string method = "classic") =>
        (await Bandstand.Score(experiment, new ScoreQuery(method, metric), Token)).Value;

    /// <summary>Participants, converted and conversions over all alternatives.</summary>
    protected async Task<(long Participants, long Converted, double Conversions)> Totals(string experiment, string metric = "signup")
    {
        var rows = (await Score(experiment, metric)).Alternatives;
        return (rows.Sum(row => row.Participants), rows.Sum(row => row.Converted), rows.Sum(row => row.Conversions));
    }

    protected const string TwoArms = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}],"shards":4}""";
}
