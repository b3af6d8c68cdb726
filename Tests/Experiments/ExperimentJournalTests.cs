using System.Text;
using Bandstand.Experiments;
using Bandstand.Timesteps;
using static Bandstand.Tests.Experiments.Scenario;

namespace Bandstand.Tests.Experiments;

public class ExperimentJournalTests
{
    [Fact]
    public void A_whole_life_reads_back_from_its_entries_as_the_same_state()
    {
        var replay = new ExperimentReplay();
        replay.Begin();
        var state = Live((entry, _) => replay.Entry(entry));
        replay.End();
        Same(state, replay.State);
    }

    [Fact]
    public void A_snapshot_and_the_entries_after_it_give_the_same_state_wherever_it_is_taken()
    {
        var entries = new List<byte[]>();
        var states = new List<ExperimentState>();
        Live((entry, after) =>
        {
            entries.Add(entry);
            states.Add(after);
        });
        for (var cut = 0; cut < entries.Count; cut++)
        {
            var replay = new ExperimentReplay();
            replay.Begin();
            foreach (var part in ExperimentJournal.Snapshot(states[cut]))
            {
                replay.SnapshotPart(part.Span);
            }

            entries[(cut + 1)..].ForEach(entry => replay.Entry(entry));
            replay.End();
            Same(states[^1], replay.State);
        }
    }

    [Fact]
    public void Large_snapshots_go_in_parts_of_at_most_a_megabyte()
    {
        var values = string.Join(',', Enumerable.Range(0, 15).Select(i => $$"""{"key":"k{{i}}","value":"{{new string('x', 60_000)}}"}"""));
        var scenario = Given($$"""{"alternatives":[{{values}}]}""");
        var parts = ExperimentJournal.Snapshot(scenario.State);
        Assert.True(parts.Count >= 2);
        Assert.All(parts, part => Assert.InRange(part.Length, 1, 1 << 20));
        Same(scenario.State, ExperimentJournal.Restore(parts.SelectMany(p => p.ToArray()).ToArray()));
    }

    [Fact]
    public void Never_and_deleted_are_states_too()
    {
        Same(NoExperiment.Never, Through(NoExperiment.Never));
        var gone = Given(TwoArms, new ExperimentCommand.Delete()).State;
        Same(gone, Through(gone));
        var empty = new ExperimentReplay();
        empty.Begin();
        empty.End();
        Same(NoExperiment.Never, empty.State);
    }

    [Theory]
    [InlineData("""{"v":2,"events":[]}""")]
    [InlineData("""{"v":1,"events":[{"kind":"promoted","at":"2026-01-31T12:00:00+00:00","reason":"x"}]}""")]
    [InlineData("""{"v":1,"events":[{"kind":"started","at":"2026-01-31T12:00:00+00:00","reason":"x","by":"me"}]}""")]
    [InlineData("""{"v":1,"events":[{"at":"2026-01-31T12:00:00+00:00","reason":"x"}]}""")]
    [InlineData("""{"v":1}""")]
    [InlineData("""{"events":[]}""")]
    [InlineData("null")]
    [InlineData("garbage")]
    public void What_this_version_cannot_read_is_a_clear_error(string entry)
    {
        var error = Assert.Throws<InvalidDataException>(() => ExperimentJournal.Read(Encoding.UTF8.GetBytes(entry)));
        Assert.Contains("which this version reads", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_keep_the_names_that_journals_hold()
    {
        var entry = Encoding.UTF8.GetString(ExperimentJournal.Write(Given(null).When(Draft).Events));
        Assert.StartsWith("""{"v":1,"events":[{"kind":"created","definition":{"id":"price","name":"price","start":false,"shards":16,"alternatives":[{"key":"a","value":"\u0022a\u0022","weight":1}""", entry, StringComparison.Ordinal);
        Assert.Contains(""" "allocation":{"policy":"fixed"} """.Trim(), entry, StringComparison.Ordinal);
        Assert.EndsWith(""" "key":{"k0":2,"k1":2},"weights":[5000,5000],"at":"2026-01-31T12:00:00+00:00","reason":"Defined for the first time."}]} """.Trim(), entry, StringComparison.Ordinal);
    }

    private static ExperimentState Live(Action<byte[], ExperimentState> journal)
    {
        var scenario = Given(null);
        foreach (var command in Life())
        {
            if (scenario.State is Experiment { Status: ExperimentStatus.Running })
            {
                scenario.With((400, 40), (400, 60));
            }

            scenario.After(TimeSpan.FromHours(1)).When(command);
            var happened = scenario.Events;
            Assert.NotEmpty(happened);
            scenario.Apply();
            journal(ExperimentJournal.Write(happened), scenario.State);
        }

        return scenario.State;
    }

    private static IEnumerable<ExperimentCommand> Life()
    {
        yield return new ExperimentCommand.Put(Define(Bandit));
        yield return new ExperimentCommand.Start();
        yield return new ExperimentCommand.Rebalance();
        yield return new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 3 }, "wegen é und \u2028");
        yield return new ExperimentCommand.Disable();
        yield return new ExperimentCommand.Enable();
        yield return new ExperimentCommand.Put(Define(Bandit.Replace("\"start\":false,", "\"assignment\":{\"traffic\":0.123456789},", StringComparison.Ordinal)));
        yield return new ExperimentCommand.Put(Define(Banner));
        yield return new ExperimentCommand.CloseTimestep(new TimestepResult(3, "b", true, TimestepStatus.ZeroVarianceUnequal, null, null, 0, true, [new("a", 10, 0, 0), new("b", 5, 1, 0)], 15, 0, 0, "both deviations are 0"));
        yield return new ExperimentCommand.Complete(null);
        yield return new ExperimentCommand.Reset("again");
        yield return new ExperimentCommand.Delete();
        yield return new ExperimentCommand.Put(Define(TwoArms));
    }

    private static ExperimentState Through(ExperimentState state)
        => ExperimentJournal.Restore(ExperimentJournal.Snapshot(state).SelectMany(p => p.ToArray()).ToArray());

    private static void Same(ExperimentState expected, ExperimentState actual)
    {
        Assert.Equivalent(expected, actual, strict: true);
        Assert.Equal(
            ExperimentJournal.Snapshot(expected).SelectMany(p => p.ToArray()),
            ExperimentJournal.Snapshot(actual).SelectMany(p => p.ToArray()));
    }

    private const string Bandit = """{"start":false,"description":"two\nlines","alternatives":[{"key":"a"},{"key":"b","value":{"x":[1,2.50]}}],"metrics":[{"id":"signup"},{"id":"errors","kind":"count","goal":"decrease"}],"allocation":{"policy":"bandit","every":{"period":"PT1H"},"burnIn":10},"completeWhen":{"deadline":"P30D"},"outcome":{"handicap":{"a":2}},"targeting":{"layer":{"name":"l","from":0.25,"to":1}}}""";
    private const string Banner = """{"alternatives":[{"key":"a"},{"key":"b","value":{"x":[1,2.50]}}],"metrics":[{"id":"signup"}],"allocation":{"policy":"timestep","countMultiplier":5}}""";
}
