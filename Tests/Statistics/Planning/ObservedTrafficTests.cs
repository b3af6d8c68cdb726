using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics.Planning;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Tests.Statistics.Planning;

public class ObservedTrafficTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 10, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0.5 / 24, 5, 240)] // The first half hour had 5: 240 a day.
    [InlineData(2.5, 100, 120)] // By whole days: the last two had 240 in all.
    [InlineData(30, 100, 120)]
    public void Traffic_is_that_of_the_last_whole_days(double days, int first, double perDay)
    {
        // 5 an hour ever since the first half hour.
        var now = Start.AddDays(days);
        var points = new List<HistoryPoint> { new(new DateTimeOffset(2026, 1, 1, 10, 0, 0, TimeSpan.Zero), "a", first, []) };
        for (var hour = new DateTimeOffset(2026, 1, 1, 11, 0, 0, TimeSpan.Zero); hour < now; hour = hour.AddHours(1))
        {
            points.Add(new HistoryPoint(hour, "b", hour.AddHours(1) <= now ? 5 : (long)Math.Round(5 * (now - hour).TotalHours), []));
        }

        var traffic = ObservedTraffic.Of(View(), Score(), new HistoryView("price", HistoryUnit.Hour, points), now);

        Assert.InRange(traffic.PerDay!.Value, 0.98 * perDay, 1.02 * perDay);
    }

    [Fact]
    public void The_control_comes_first_and_closed_alternatives_not_at_all()
    {
        var traffic = ObservedTraffic.Of(View(), Score(), new HistoryView("price", HistoryUnit.Hour, []), Start.AddDays(1));

        Assert.Equal(["b", "a"], traffic.Alternatives);
        Assert.Equal([7000.0, 3000.0], traffic.Weights);
        Assert.Equal((0.2, 0.3, null), (traffic.Baseline!.Value, traffic.EventShare!.Value, traffic.PerDay));
    }

    [Fact]
    public void A_plan_of_an_experiment_says_how_long_the_rest_takes()
    {
        var traffic = ObservedTraffic.Of(View(), Score(), new HistoryView("price", HistoryUnit.Hour, []), Start) with { PerDay = 1000 };

        var plan = PowerPlanner.Answer(new PowerQuery { Lift = 0.1 }, traffic).Value;

        Assert.Equal((plan.Participants - 200) / 1000, plan.DaysLeft);
        Assert.Equal(100, plan.Present!.Value - 100);
        Assert.Equal(["b", "a"], plan.Alternatives.Select(a => a.Key));
    }

    private static ExperimentView View() => new()
    {
        Definition = ExperimentDefinitionJson.Parse("price", """{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"b","metrics":[{"id":"signup"}]}"""u8.ToArray()).Value,
        Status = ExperimentStatus.Running,
        Weights = [KeyValuePair.Create("a", 3000), KeyValuePair.Create("b", 7000), KeyValuePair.Create("c", 0)],
        Epoch = 0,
        Generation = 1,
        CreatedAt = Start,
        StartedAt = Start,
        ETag = "x",
    };

    private static ScoreReport Score() => Scorer.Score(
        [
            new ArmData("a", "0", 100, 40, 40, default),
            new ArmData("b", "0", 100, 20, 20, default),
        ],
        new ScoreRequest { Method = ScoreMethod.Sequential, Metric = "signup", Kind = MetricKind.Conversion, Epoch = 0, AsOf = Start, Control = "b", Default = "b" });
}
