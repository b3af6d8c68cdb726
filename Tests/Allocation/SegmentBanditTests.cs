using System.Text;
using System.Text.Json;
using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics.Scoring;
using Bandstand.Tests.Experiments;

namespace Bandstand.Tests.Allocation;

/// <summary>A bandit by segment in a world of two countries, through deciders and shard.</summary>
public class SegmentBanditTests
{
    private static readonly double[][] Opposite = [[0.10, 0.14], [0.14, 0.10]];

    [Fact]
    public void Where_countries_prefer_different_alternatives_it_earns_more()
    {
        // 12 % is what any common weights earn, 14 % the most there is.
        var (common, bySegment) = (new World(by: false), new World(by: true));
        common.Live(20_000, Opposite, seed: 7);
        bySegment.Live(20_000, Opposite, seed: 7);
        Assert.InRange(common.Earned / 20_000.0, 0.112, 0.128);
        Assert.True(bySegment.Earned > common.Earned + 200, $"{bySegment.Earned} against {common.Earned}");
        Assert.Equal(["DE", "FR"], bySegment.State.SegmentEpochs.Select(e => e.Segment!.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Assignments_follow_the_weights_of_their_value_and_the_score_knows_it()
    {
        var world = new World(by: true);
        world.Live(4_000, Opposite, seed: 11);
        var report = Scorer.Score(ExperimentArms.Of(world.State, world.Statistics(), "signup"), ExperimentScores.Request(world.State, new("sequential"), World.Noon).Value);
        Assert.False(report.SampleRatio.Mismatch);
        var table = SegmentTable.Of(world.State, [world.Shard.SegmentCounts()]);
        Assert.All(table.Views()[0].Values, value => Assert.False(value.SampleRatio.Mismatch));

        var question = world.Ask("newcomer", """{"country":"DE"}""", look: true);
        var stratum = world.State.SegmentEpochs.Single(e => e.Segment!.Value == "DE");
        Assert.Equal(stratum.Number, question.Epoch);
        Assert.Equal(stratum.Probabilities[question.AssignedAlternative], world.Plan.Answer("newcomer", question).Probability);
        Assert.Equal(question, world.Plan.AnswerByHash(Encoding.UTF8.GetBytes("newcomer"), World.Attributes("""{"country":"DE"}""")) with { New = question.New });
        Assert.Equal(world.State.Epoch.Number, world.Ask("newcomer", """{"country":"CH"}""", look: true).Epoch);
        Assert.Equal(world.State.Epoch.Number, world.Ask("newcomer", null, look: true).Epoch);
    }

    [Fact]
    public void The_same_life_gives_the_same_weights_and_a_journal_the_same_shard()
    {
        var (one, two) = (new World(by: true), new World(by: true));
        one.Live(2_000, Opposite, seed: 3);
        two.Live(2_000, Opposite, seed: 3);
        Assert.Equal(one.State.Epochs.Select(Text), two.State.Epochs.Select(Text));
        var recovered = new ParticipantShard(one.First);
        recovered.Begin();
        foreach (var entry in one.Journal)
        {
            recovered.Entry(entry);
        }

        recovered.End();

        Assert.Equal(one.Statistics().Epochs.Select(e => (e.Epoch, e.Alternatives.Sum(a => a.Participants))), ExperimentStatistics.Merge([recovered.Statistics(0)]).Epochs.Select(e => (e.Epoch, e.Alternatives.Sum(a => a.Participants))));
        static string Text(WeightEpoch e) => $"{e.Number} {e.Segment} {string.Join(' ', e.Weights)} {e.Reason}";
    }

    private sealed class World
    {
        public static readonly DateTimeOffset Noon = Scenario.Noon;
        private static readonly string[] Countries = ["""{"country":"DE"}""", """{"country":"FR"}"""];
        private readonly ShardLog log = new();
        private long reviewed;

        public World(bool by)
        {
            State = Scenario.Given(SegmentPolicyTests.Json(by: by ? ",\"by\":\"country\",\"every\":{\"assignments\":500}" : ",\"every\":{\"assignments\":500}")).Experiment;
            Plan = AssignmentPlan.Of(State);
            First = Plan.Shard;
            Shard = new ParticipantShard(First);
        }

        public Experiment State { get; private set; }

        public AssignmentPlan Plan { get; private set; }

        public ShardPlan First { get; }

        public ParticipantShard Shard { get; }

        public List<byte[]> Journal { get; } = [];

        public int Earned { get; private set; }

        public static JsonElement Attributes(string json) => JsonDocument.Parse(json).RootElement.Clone();

        public ExperimentStatistics Statistics() => ExperimentStatistics.Merge([Shard.Statistics(Noon.ToUnixTimeMilliseconds())]);

        public void Live(int people, double[][] rates, int seed)
        {
            var random = new Random(seed);
            JsonElement[] attributes = [.. Countries.Select(Attributes)];
            var events = new ShardBatchWriter();
            var verdicts = new EventVerdict[1];
            for (var number = 0; number < people; number++)
            {
                var country = random.Next(2);
                var answer = Ask($"p{number}", attributes[country]);
                if (random.NextDouble() < rates[country][answer.Alternative])
                {
                    Earned++;
                    events.Clear();
                    events.AddTrack(Key($"p{number}"), 0, 1, Noon.ToUnixTimeMilliseconds());
                    Turn(() => Shard.Apply(events.Written, Noon.ToUnixTimeMilliseconds(), verdicts, log));
                }

                if (Shard.Participants % 500 == 0)
                {
                    Review();
                }
            }
        }

        public ShardAnswer Ask(string identity, string? attributes, bool look = false) => Ask(identity, attributes is null ? null : Attributes(attributes), look);

        private ShardAnswer Ask(string identity, JsonElement? attributes, bool look = false)
        {
            ShardAnswer answer = default;
            Turn(() => answer = Shard.Assign(Plan.Question(Encoding.UTF8.GetBytes(identity), attributes, !look, Noon.ToUnixTimeMilliseconds()), log));
            return answer;
        }

        private ulong Key(string identity) => IdentityKey.Of(Encoding.UTF8.GetBytes(identity), Plan.Key);

        private void Review()
        {
            var review = new ExperimentCommand.Review(null, reviewed);
            var inputs = new DecisionInputs(Noon, Scenario.FirstKey, Statistics());
            if (ExperimentDecider.NeedsSegments(State, review, inputs))
            {
                var parts = SegmentTable.Of(State, [Shard.SegmentCounts()]).Parts();
                inputs = inputs with { Segments = [.. parts.Select(part => new SegmentStatistics(part.Value, ExperimentStatistics.Merge([Shard.Statistics(Noon.ToUnixTimeMilliseconds(), part.Choice)])))] };
            }

            State = (Experiment)ExperimentDecider.Apply(State, ExperimentDecider.Decide(State, review, inputs).Value);
            reviewed = Shard.Participants;
            Plan = AssignmentPlan.Of(State);
            Turn(() => Shard.Switch(Plan.Shard, log));
        }

        private void Turn(Action turn)
        {
            turn();
            if (!log.IsEmpty)
            {
                Journal.Add(log.Written.ToArray());
                log.Clear();
            }
        }
    }
}
