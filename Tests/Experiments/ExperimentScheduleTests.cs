using Bandstand.Experiments;
using static Bandstand.Tests.Experiments.Scenario;

namespace Bandstand.Tests.Experiments;

public class ExperimentScheduleTests
{
    [Theory]
    [InlineData(99, 0, false)]
    [InlineData(499, 0, false)]
    [InlineData(500, 0, true)]
    [InlineData(500, 500, false)]
    [InlineData(999, 500, false)]
    [InlineData(1_000, 999, true)]
    [InlineData(1_700, 999, true)]
    public void A_bandit_rebalances_when_the_count_passes_a_multiple(long participants, long last, bool due)
        => Assert.Equal(due, Reviewed(Bandit("""{"assignments":500}"""), participants, new(Noon, last), TimeSpan.FromMinutes(1)));

    [Theory]
    [InlineData(59, null, false)]
    [InlineData(60, null, true)]
    [InlineData(60, 59, true)]
    [InlineData(61, 60, false)]
    [InlineData(119, 60, false)]
    [InlineData(120, 119, true)]
    public void A_bandit_rebalances_when_the_time_passes_a_multiple_however_often_it_is_looked_at(int minutes, int? last, bool due)
        => Assert.Equal(due, Reviewed(Bandit("""{"period":"PT1H"}"""), 1_000, new(last is { } l ? Noon.AddMinutes(l) : null, 1_000), TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void An_epoch_lasts_at_least_a_hundred_assignments()
    {
        Assert.False(Reviewed(Bandit("""{"period":"PT1H"}"""), 99, new(Noon, 0), TimeSpan.FromHours(1)));
        Assert.True(Reviewed(Bandit("""{"period":"PT1H"}"""), 100, new(Noon, 0), TimeSpan.FromHours(1)));
        Assert.False(Reviewed(Bandit("""{"assignments":10}"""), 99, new(Noon, 89), TimeSpan.Zero));
        Assert.True(Reviewed(Bandit("""{"assignments":10}"""), 100, new(Noon, 99), TimeSpan.Zero));
    }

    [Theory]
    [InlineData(499, 0, 30, false)]
    [InlineData(500, 0, 30, true)]
    [InlineData(600, 500, 30, false)]
    [InlineData(600, 500, 60, true)]
    [InlineData(99, 0, 60, true)] // The epoch is too young for a rebalance, so that it waits for the next hour.
    public void A_review_that_passed_a_multiple_is_remembered_whatever_came_of_it(long participants, long last, int minutes, bool passed)
    {
        var scenario = Given(Bandit("""{"assignments":500,"period":"PT1H"}""")).With((participants / 2, 0), (participants - (participants / 2), 0)).After(TimeSpan.FromMinutes(minutes))
            .When(new ExperimentCommand.Review(Noon.AddMinutes(29), last));
        var before = scenario.Experiment;
        Assert.Equal(passed ? new ReviewMark(Noon.AddMinutes(minutes), participants) : null, scenario.ThenApplied().Reviewed);
        Assert.Equal(before.Decisions, scenario.Experiment.Decisions);
        Assert.Equal(before.Version, scenario.Experiment.Version);
    }

    [Theory]
    [InlineData(0, 500, 3_600)]
    [InlineData(511, 500, 3_600)]
    [InlineData(512, 1_000, 7_200)]
    [InlineData(1_024, 2_000, 14_400)]
    [InlineData(1_536, 4_000, 28_800)]
    public void Every_512_epochs_the_interval_doubles(int epoch, long participants, int seconds)
    {
        var state = Given(Bandit("""{"assignments":500,"period":"PT1H"}""")).Experiment;
        state = state with { Epochs = [.. Enumerable.Range(0, epoch + 1).Select(n => state.Epoch with { Number = n })] };
        Assert.Equal(participants, ExperimentSchedule.NextParticipants(state, 0));
        Assert.Equal(Noon.AddSeconds(seconds), ExperimentSchedule.NextAt(state, Noon, Noon));
    }

    [Fact]
    public void The_next_review_is_the_earliest_of_what_is_waited_for()
    {
        var both = Given(Bandit("""{"period":"PT1H"}""", ""","completeWhen":{"deadline":"PT90M"}""")).Experiment;
        Assert.Equal(Noon.AddHours(1), ExperimentSchedule.NextAt(both, null, Noon));
        Assert.Equal(Noon.AddMinutes(90), ExperimentSchedule.NextAt(both, Noon.AddMinutes(61), Noon.AddMinutes(61)));
        Assert.Null(ExperimentSchedule.NextParticipants(both, 0));

        var counted = Given(TwoArms[..^1] + ""","completeWhen":{"participants":250,"deadline":"P1D"}}""").Experiment;
        Assert.Equal(Noon.AddMinutes(6), ExperimentSchedule.NextAt(counted, Noon.AddMinutes(5), Noon.AddMinutes(5)));
        Assert.Equal(250, ExperimentSchedule.NextParticipants(counted, 0));
        Assert.Null(ExperimentSchedule.NextParticipants(counted, 250));
    }

    [Fact]
    public void Whether_little_remains_to_be_gained_is_looked_at_by_the_clock()
    {
        var remaining = Given(TwoArms[..^1] + ""","completeWhen":{"valueRemaining":0.05}}""").Experiment;
        Assert.Equal(Noon.AddMinutes(6), ExperimentSchedule.NextAt(remaining, Noon.AddMinutes(5), Noon.AddMinutes(5)));
    }

    [Fact]
    public void Nothing_is_waited_for_unless_it_runs()
    {
        Assert.Null(ExperimentSchedule.NextAt(Given().Experiment, null, Noon));
        var disabled = Given(Bandit("""{"assignments":100,"period":"PT1H"}"""), new ExperimentCommand.Disable()).Experiment;
        Assert.Null(ExperimentSchedule.NextAt(disabled, null, Noon));
        Assert.Null(ExperimentSchedule.NextParticipants(disabled, 0));
    }

    private static bool Reviewed(string definition, long participants, ExperimentCommand.Review review, TimeSpan after)
    {
        var half = participants / 2;
        var scenario = Given(definition).With((half, half / 10), (participants - half, half / 2)).After(after).When(review);
        return scenario.Events.Any(happened => happened is ExperimentEvent.Rebalanced);
    }

    private static string Bandit(string every, string more = "")
        => "{\"alternatives\":[{\"key\":\"a\"},{\"key\":\"b\"}],\"default\":\"a\",\"metrics\":[{\"id\":\"signup\"}],\"allocation\":{\"policy\":\"bandit\",\"burnIn\":0,\"every\":" + every + "}" + more + "}";
}
