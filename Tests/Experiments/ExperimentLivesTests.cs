using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Participants;
using FsCheck;
using FsCheck.Fluent;

namespace Bandstand.Tests.Experiments;

/// <summary>What holds in any life, whatever is asked in whatever order.</summary>
public class ExperimentLivesTests
{
    [Fact]
    public void Whatever_is_asked_the_state_stays_whole() => Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        var random = new System.Random(seed);
        var scenario = Scenario.Given(null);
        var replay = new ExperimentReplay();
        replay.Begin();
        ParticipantShard? shard = null;
        for (var step = 0; step < 25; step++)
        {
            var before = scenario.State;
            if (before is Experiment present)
            {
                scenario.With([.. present.Alternatives.Select(_ => random.Next(0, 300)).Select(n => ((long)n, (long)random.Next(0, n + 1)))]);
            }

            var decided = scenario.After(TimeSpan.FromMinutes(random.Next(0, 90))).When(Any(random, before)).Answer;
            if (decided.IsRefused)
            {
                Assert.NotEmpty(decided.Refusal.Code);
                continue;
            }

            if (decided.Value.Count == 0)
            {
                continue;
            }

            scenario.Apply();
            replay.Entry(ExperimentJournal.Write(decided.Value));
            Assert.Equal(decided.Value.Any(happened => happened is not ExperimentEvent.Reviewed), scenario.State.Version > before.Version);
            Assert.True(scenario.State.Generation >= before.Generation);
            if (scenario.State is Experiment experiment)
            {
                Whole(experiment);
                var plan = AssignmentPlan.Of(experiment).Shard;
                shard = shard?.Plan.Generation == plan.Generation ? shard : new ParticipantShard(plan);
                shard.Switch(plan, new ShardLog()); // Throws when the plan cannot follow the one before.
            }
        }

        Assert.Equal(ExperimentJournal.Snapshot(scenario.State)[0].ToArray(), ExperimentJournal.Snapshot(replay.State)[0].ToArray());
    }));

    private static void Whole(Experiment experiment)
    {
        Assert.All(experiment.Epochs, epoch => Assert.Equal(10_000, epoch.Weights.Sum()));
        Assert.Equal(experiment.Alternatives.Length, experiment.Epoch.Weights.Length);
        Assert.Equal(Enumerable.Range(0, experiment.Epochs.Length), experiment.Epochs.Select(e => e.Number));
        Assert.Equal(Enumerable.Range(1, experiment.Decisions.Length), experiment.Decisions.Select(d => (int)d.Number));
        Assert.All(experiment.Alternatives.Zip(experiment.Epoch.Weights), pair => Assert.True(!pair.First.Removed || pair.Second == 0));
        Assert.Equal(experiment.LastPut.Alternatives.Select(a => a.Key).Order(StringComparer.Ordinal), experiment.Alternatives.Where(a => !a.Removed).Select(a => a.Key).Order(StringComparer.Ordinal));
        Assert.Equal(experiment.Status == ExperimentStatus.Completed, experiment.Outcome is >= 0);
        Assert.Equal(10_000, ExperimentViews.Of(experiment).Weights.Sum(w => w.Value));
        Assert.All(experiment.Epochs, epoch => Assert.Equal(10_000, ExperimentViews.Of(experiment, epoch).Weights.Sum(w => w.Value)));
        Assert.True(experiment.LastPut.Assignment.Hash != AssignmentDefinition.VanityMd5 || experiment.Epoch.Weights.Where(w => w > 0).Max() - experiment.Epoch.Weights.Where(w => w > 0).Min() <= 1);
    }

    private static ExperimentCommand Any(System.Random random, ExperimentState state)
    {
        var keys = (state as Experiment)?.LastPut.Alternatives.Select(a => a.Key).ToList() ?? ["a"];
        return random.Next(12) switch
        {
            0 => new ExperimentCommand.Start(),
            1 => new ExperimentCommand.Enable(),
            2 => new ExperimentCommand.Disable(),
            3 => random.Next(3) > 0 ? new ExperimentCommand.Rebalance() : new ExperimentCommand.Complete(random.Next(2) > 0 ? null : keys[random.Next(keys.Count)]),
            4 => new ExperimentCommand.Review(null, random.Next(0, 300)),
            5 or 6 => new ExperimentCommand.SetWeights(keys.ToDictionary(k => k, _ => (double)random.Next(0, 4)), "why"),
            7 when random.Next(3) == 0 => new ExperimentCommand.Reset(random.Next(2) > 0 ? null : $"s{random.Next(3)}"),
            8 when random.Next(4) == 0 => new ExperimentCommand.Delete(),
            _ => new ExperimentCommand.Put(Scenario.Define(Definition(random))),
        };
    }

    private static string Definition(System.Random random)
    {
        var keys = Enumerable.Range(0, 8).Select(i => ((char)('a' + i)).ToString()).OrderBy(_ => random.Next()).Take(random.Next(2, 6)).ToList();
        var vanity = random.Next(6) == 0;
        var alternatives = string.Join(',', keys.Select(k => $$"""{"key":"{{k}}","weight":{{(vanity ? 1 : random.Next(1, 3))}}}"""));
        var more = new List<string>();
        Maybe(""" "start":false """);
        Maybe(vanity ? """ "assignment":{"hash":"vanity-md5"} """ : """ "assignment":{"traffic":0.5} """, always: vanity);
        if (!vanity)
        {
            Maybe(""" "allocation":{"policy":"bandit","burnIn":20,"floor":0.02,"every":{"assignments":100,"period":"PT1H"}} """);
        }

        Maybe(""" "metrics":[{"id":"signup"},{"id":"buy","kind":"value"}] """);
        Maybe(""" "completeWhen":{"perAlternative":200,"probability":0.9} """);
        return "{" + string.Join(',', more.Prepend($"\"alternatives\":[{alternatives}]")) + "}";

        void Maybe(string field, bool always = false)
        {
            if (always || random.Next(2) == 0)
            {
                more.Add(field);
            }
        }
    }
}
