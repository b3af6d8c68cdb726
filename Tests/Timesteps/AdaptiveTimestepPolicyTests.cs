using System.Text.Json;
using Bandstand.Timesteps;

namespace Bandstand.Tests.Timesteps;

public sealed class AdaptiveTimestepPolicyTests
{
    private static readonly string[] Keys = ["a", "b"];
    private static readonly AdaptiveTimestepPolicy Policy = new();

    [Fact]
    public void Evidence_adds_up_over_timesteps_until_the_lead_changes()
    {
        var closed = Play(Policy with { Certainty = 0.8 }, "a", Enumerable.Repeat(Batch((800, 80), (200, 26)), 12));

        Assert.False(closed[0].Changed);
        var change = Assert.Single(closed, x => x.Changed);
        Assert.Equal(("b", true), (change.Winner, change.Significant));
        Assert.Equal("b", closed[^1].Winner);
        Assert.Contains("'b' is better than 'a' with a probability of", change.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lead_that_turned_round_is_given_up_within_a_few_timesteps()
    {
        var before = Enumerable.Repeat(Batch((800, 112), (200, 16)), 40);
        var after = Enumerable.Repeat(Batch((800, 72), (200, 28)), 5);

        var closed = Play(Policy, "a", before.Concat(after));

        Assert.DoesNotContain(closed.Take(40), x => x.Changed);
        Assert.InRange(closed.Single(x => x.Changed).Timestep, 40, 43);
    }

    [Fact]
    public void Where_nothing_differs_the_lead_stays()
        => Assert.DoesNotContain(Play(Policy, "a", Enumerable.Repeat(Batch((800, 80), (200, 20)), 60)), x => x.Changed);

    [Fact]
    public void Less_is_better_mirrors_more_is_better()
    {
        TimestepObservations[] batches = [.. Enumerable.Range(0, 30).Select(i => Batch((700, 70 + (i % 7)), (300, i < 15 ? 40 : 22)))];
        var more = Play(Policy, "a", batches);
        var less = Play(Policy with { LowerIsBetter = true }, "a", batches.Select(Mirrored));

        Assert.Contains(more, x => x.Changed);
        Assert.Equal(more.Select(x => x.Winner), less.Select(x => x.Winner));
    }

    [Fact]
    public void The_order_of_the_alternatives_does_not_matter()
    {
        TimestepObservations[] batches = [.. Enumerable.Range(0, 30).Select(i => Batch((700, 70 + (i % 7)), (300, i < 15 ? 40 : 22)))];
        var forward = Play(Policy, "a", batches);
        var backward = Play(Policy, "a", batches.Select(x => x with { Alternatives = [x.Alternatives[1], x.Alternatives[0]] }), ["b", "a"]);

        Assert.Equal(forward.Select(x => x.Winner), backward.Select(x => x.Winner));
    }

    [Fact]
    public void The_unit_of_the_targets_does_not_matter()
    {
        var cents = Play(Policy, "a", Enumerable.Range(0, 20).Select(i => Values(i, 100)));
        var euros = Play(Policy, "a", Enumerable.Range(0, 20).Select(i => Values(i, 1)));

        Assert.Contains(euros, x => x.Changed);
        Assert.Equal(euros.Select(x => x.Winner), cents.Select(x => x.Winner));
    }

    [Fact]
    public void Of_several_challengers_the_better_one_takes_the_lead()
    {
        string[] keys = ["a", "b", "c", "d"];
        var batch = Batch(keys, (800, 80), (100, 14), (100, 20), (100, 5));

        var closed = Play(Policy, "a", Enumerable.Repeat(batch, 10), keys);

        Assert.Equal("c", closed[^1].Winner);
        Assert.Single(closed, x => x.Changed);
    }

    [Fact]
    public void Who_is_not_shown_cannot_take_the_lead()
    {
        string[] keys = ["a", "b", "c"];
        var closed = Play(Policy with { Certainty = 0.99 }, "a", Enumerable.Repeat(Batch(keys, (400, 40), (100, 10), (100, 17)), 2), keys);
        Assert.DoesNotContain(closed, x => x.Changed);

        var next = Policy.Decide(2, "a", Batch(keys, (400, 40), (100, 10), (0, 0)), closed, keys);
        Assert.Equal("a", next.Winner);
        Assert.Equal("c", Policy.Decide(2, "a", Batch(keys, (400, 40), (100, 10), (2, 0)), closed, keys).Winner);
    }

    [Fact]
    public void A_winner_that_was_removed_is_replaced_by_who_was_observed()
    {
        string[] keys = ["a", "b", "c"];
        var closed = Play(Policy, "a", Enumerable.Repeat(Batch(keys, (400, 40), (100, 10), (100, 30)), 4), keys);
        Assert.Equal("c", closed[^1].Winner);

        var left = Policy.Decide(4, "c", Batch((400, 40), (100, 10)), closed, Keys);
        Assert.Equal(("a", true), (left.Winner, left.Changed));
    }

    [Fact]
    public void What_was_learnt_belongs_to_keys_and_not_to_places()
    {
        var closed = Play(Policy, "a", Enumerable.Repeat(Batch((800, 80), (200, 24)), 2));
        string[] keys = ["x", "b", "a"];
        var learner = new AdaptiveLearner(Policy.Spell);
        closed.ForEach(learner.Learn);
        var before = learner.Compare("a", "b");
        learner.Learn(Policy.Decide(2, "a", Batch(keys, (0, 0), (200, 24), (800, 80)), closed, keys));

        Assert.True(learner.Compare("a", "b").Over > before.Over);
        Assert.Equal(learner.Compare("a", "x").Over, learner.Compare("a", "x").Under, 1e-12);
    }

    [Fact]
    public void A_learner_that_is_kept_decides_as_one_that_learns_anew()
    {
        var learner = new AdaptiveLearner(Policy.Spell);
        List<TimestepResult> closed = [];
        for (var t = 0; t < 40; t += 1 + (t % 3))
        {
            var batch = Batch((700, 70 + (t % 7)), (300, t < 20 ? 40 : 22));
            var winner = closed.Count == 0 ? "a" : closed[^1].Winner;
            var anew = Policy.Decide(t, winner, batch, closed, Keys);
            Assert.Equal(JsonSerializer.Serialize(anew), JsonSerializer.Serialize(Policy.Decide(learner, t, winner, batch, Keys)));
            closed.Add(anew);
        }
    }

    [Fact]
    public void What_was_closed_reads_back_from_json_and_decides_the_same()
    {
        var closed = Play(Policy, "a", Enumerable.Range(0, 25).Select(i => Batch((700, 70 + (i % 7)), (300, 40))));
        var read = JsonSerializer.Deserialize<List<TimestepResult>>(JsonSerializer.Serialize(closed))!;
        var batch = Batch((700, 70), (300, 36));

        Assert.Equal(
            JsonSerializer.Serialize(Policy.Decide(25, closed[^1].Winner, batch, closed, Keys)),
            JsonSerializer.Serialize(Policy.Decide(25, closed[^1].Winner, batch, read, Keys)));
    }

    [Fact]
    public void What_was_learnt_fades_while_nothing_is_observed()
    {
        var closed = Play(Policy, "a", Enumerable.Repeat(Batch((800, 80), (200, 30)), 2).Prepend(Batch((800, 80), (200, 20)))).ToList();
        var learner = new AdaptiveLearner(Policy.Spell);
        closed.ForEach(learner.Learn);
        var fresh = learner.Compare("a", "b");
        learner.Learn(ClassicTimestepPolicy.Missing(200, "a", Keys));
        var faded = learner.Compare("a", "b");

        Assert.True(fresh.Over > faded.Over);
        Assert.InRange(faded.Mean, 0, fresh.Mean / 10);
        Assert.Equal(1, faded.Over + faded.Under + faded.None, 1e-12);
        Assert.Equal(faded.Mirrored, learner.Compare("b", "a"));
    }

    [Theory]
    [InlineData(1e6)]
    [InlineData(-1e6)]
    [InlineData(1e-9)]
    public void Overwhelming_evidence_keeps_beliefs_finite(double difference)
    {
        var learner = new AdaptiveLearner(Policy.Spell);
        for (var t = 0; t < 5; t++)
        {
            learner.Learn(new TimestepResult(t, "a", false, TimestepStatus.Ok, null, null, null, false, [new("a", 1_000_000_000, 0, 1e-3), new("b", 1_000_000_000, difference, 1e-3)]));
        }

        var belief = learner.Compare("a", "b");
        Assert.Equal(1, belief.Over + belief.Under + belief.None, 1e-12);
        Assert.True(double.IsFinite(belief.Mean));
        Assert.Equal(difference > 0, belief.Mean >= 0);
    }

    [Theory]
    [InlineData(0, 0, 0, 0, TimestepStatus.Empty)]
    [InlineData(10, 2, 0, 0, TimestepStatus.OneBanner)]
    [InlineData(10, 2, 1, 0, TimestepStatus.DeviationUndefined)]
    [InlineData(10, 0, 10, 0, TimestepStatus.ZeroVariance)]
    public void What_teaches_nothing_says_so_and_changes_nothing(int shownA, int convertedA, int shownB, int convertedB, TimestepStatus status)
    {
        var result = Policy.Decide(0, "a", Batch((shownA, convertedA), (shownB, convertedB)), [], Keys);
        Assert.Equal((status, "a", false), (result.Status, result.Winner, result.Changed));
        Assert.NotNull(result.Detail);
    }

    [Fact]
    public void All_against_none_decides()
    {
        var result = Policy.Decide(0, "a", Batch((40, 0), (10, 10)), [], Keys);
        Assert.Equal((TimestepStatus.ZeroVarianceUnequal, "b"), (result.Status, result.Winner));
    }

    [Fact]
    public void Rows_of_a_stranger_teach_nothing()
    {
        var strange = Batch((800, 10), (200, 100)) with { Unexpected = 1, UnexpectedBanner = "7" };
        var result = Policy.Decide(0, "a", strange, [], Keys);
        Assert.Equal((TimestepStatus.UnexpectedBanner, false), (result.Status, result.Changed));
        Assert.False(Policy.Decide(1, "a", Batch((800, 80), (200, 20)), [result], Keys).Changed);
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        Assert.Throws<ArgumentOutOfRangeException>("certainty", () => new AdaptiveTimestepPolicy(Certainty: 1));
        Assert.Throws<ArgumentOutOfRangeException>("spell", () => Policy with { Spell = 0.5 });
        Assert.Throws<ArgumentException>(() => Policy.Decide(0, "a", Batch((1, 1), (1, 1)), [], ["a", "c"]));
    }

    private static List<TimestepResult> Play(AdaptiveTimestepPolicy policy, string winner, IEnumerable<TimestepObservations> batches, string[]? keys = null)
    {
        List<TimestepResult> closed = [];
        foreach (var batch in batches)
        {
            closed.Add(policy.Decide(closed.Count, closed.Count == 0 ? winner : closed[^1].Winner, batch, closed, keys ?? Keys));
        }

        return closed;
    }

    private static TimestepObservations Batch(params (int Shown, int Converted)[] arms) => Batch(Keys, arms);

    private static TimestepObservations Batch(string[] keys, params (int Shown, int Converted)[] arms) => new(
        arms.Sum(x => x.Shown),
        0,
        0,
        0,
        null,
        [.. keys.Zip(arms, (key, arm) => new AlternativeObservations(
            key, arm.Shown, 0, TargetSums.Repeated(0, arm.Shown - arm.Converted) + TargetSums.Repeated(1, arm.Converted)))]);

    private static TimestepObservations Mirrored(TimestepObservations batch) => batch with
    {
        Alternatives = [.. batch.Alternatives.Select(x => x with
        {
            Targets = TargetSums.Repeated(0, (long)x.Targets.Moments.Total) + TargetSums.Repeated(1, x.Rows - (long)x.Targets.Moments.Total),
        })],
    };

    private static TimestepObservations Values(int i, double unit) => new(
        1_000,
        0,
        0,
        0,
        null,
        [
            new("a", 800, 0, TargetSums.Repeated(3 * unit, 400) + TargetSums.Repeated(9 * unit, 400)),
            new("b", 200, 0, TargetSums.Repeated(3 * unit, 80 - i) + TargetSums.Repeated(9 * unit, 120 + i)),
        ]);
}
