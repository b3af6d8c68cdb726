using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Tests.Experiments;

public class RecentTrafficTests
{
    [Fact]
    public void Traffic_is_that_of_the_latest_epochs_which_last_a_week()
    {
        var scenario = Scenario.Given()
            .After(TimeSpan.FromDays(20)).And(new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 3 }, "more of b"))
            .After(TimeSpan.FromDays(5)).And(new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 1 }, "back"));
        var now = Scenario.Noon.AddDays(29);

        // 100 a day for 20 days, 300 a day for 5, 500 a day for 4: the last two epochs last nine days.
        Assert.Equal(3500 / 9.0, RecentTraffic.PerDay(scenario.Experiment, Epochs((0, 2000), (1, 1500), (2, 2000)), now)!.Value, 1e-9);
        Assert.Equal(2000 / 4.0, RecentTraffic.PerDay(scenario.Experiment, Epochs((2, 2000)), now)!.Value, 1e-9);
    }

    [Fact]
    public void What_does_not_run_or_has_just_begun_has_no_traffic()
    {
        Assert.Null(RecentTraffic.PerDay(Scenario.Given().Experiment, Epochs((0, 10)), Scenario.Noon.AddMinutes(30)));
        Assert.Null(RecentTraffic.PerDay(Scenario.Given().Experiment, Epochs(), Scenario.Noon.AddDays(1)));
        Assert.Null(RecentTraffic.PerDay(Scenario.Given(Scenario.Draft).Experiment, Epochs((0, 10)), Scenario.Noon.AddDays(1)));
        Assert.Null(RecentTraffic.PerDay(Scenario.Given().And(new ExperimentCommand.Disable()).Experiment, Epochs((0, 10)), Scenario.Noon.AddDays(1)));
    }

    private static ExperimentStatistics Epochs(params (int Epoch, long Participants)[] epochs)
        => new([], [], [.. epochs.Select(e => new EpochStatistics(e.Epoch, [new AlternativeStatistics(e.Participants / 2, []), new AlternativeStatistics(e.Participants - (e.Participants / 2), [])]))]);
}
