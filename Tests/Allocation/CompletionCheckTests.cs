using Bandstand.Experiments;
using Bandstand.Tests.Experiments;

namespace Bandstand.Tests.Allocation;

public class CompletionCheckTests
{
    [Theory]
    [InlineData("""{"participants":200}""", 100, 10, 100, 20, true)]
    [InlineData("""{"participants":201}""", 100, 10, 100, 20, false)]
    [InlineData("""{"perAlternative":100}""", 100, 10, 200, 30, true)]
    [InlineData("""{"perAlternative":101}""", 100, 10, 200, 30, false)]
    [InlineData("""{"probability":0.95}""", 1_000, 100, 1_000, 150, true)]
    [InlineData("""{"probability":0.95}""", 1_000, 100, 1_000, 110, false)]
    [InlineData("""{"probability":0.95,"perAlternative":1001}""", 1_000, 100, 1_000, 150, false)]
    [InlineData("""{"probability":0.95,"participants":2000,"perAlternative":1000}""", 1_000, 100, 1_000, 150, true)]
    [InlineData("""{"valueRemaining":0.01}""", 1_000, 100, 1_000, 110, false)]
    [InlineData("""{"valueRemaining":0.01}""", 1_000, 100, 1_000, 160, true)]
    [InlineData("""{"valueRemaining":0.05}""", 100_000, 10_000, 100_000, 10_050, true)]
    [InlineData("""{"valueRemaining":0.001}""", 100_000, 10_000, 100_000, 10_050, false)]
    [InlineData("""{"valueRemaining":0.5,"participants":3000}""", 1_000, 100, 1_000, 160, false)]
    public void Everything_that_is_given_must_hold(string when, long n0, long c0, long n1, long c1, bool complete)
    {
        var scenario = Running(when).With((n0, c0), (n1, c1)).When(new ExperimentCommand.Review(null, 0));
        if (complete)
        {
            Assert.Equal("b", scenario.Then<ExperimentEvent.Completed>().Outcome);
        }
        else
        {
            scenario.ThenNothing();
        }
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("bayes")]
    [InlineData("fixed")]
    public void The_method_of_the_definition_says_how_certain_the_best_is(string method)
    {
        var when = $$$"""{"probability":0.99},"scoring":{"method":"{{{method}}}"}""";
        Running(when).With((1_000, 100), (1_000, 125)).When(new ExperimentCommand.Review(null, 0)).ThenNothing();
        Assert.Equal("b", Running(when).With((1_000, 100), (1_000, 160)).When(new ExperimentCommand.Review(null, 0)).Then<ExperimentEvent.Completed>().Outcome);
    }

    [Fact]
    public void The_value_that_remains_is_told_in_the_decision()
    {
        var completed = Running("""{"valueRemaining":0.05}""").With((100_000, 10_000), (100_000, 10_050)).When(new ExperimentCommand.Review(null, 0)).Then<ExperimentEvent.Completed>();
        Assert.Matches("no alternative is better than the best by more than [0-3]\\.[0-9]+ % of it, and 5 % may remain", completed.Reason);
    }

    [Fact]
    public void A_prior_takes_part_in_completion()
    {
        // 16 % against 10 % is enough, unless it is known that rates are near 10 %.
        const string Method = """{"probability":0.95},"scoring":{"method":"bayes","prior":{"signup":{"alpha":1000,"beta":9000}}}""";
        Running(Method).With((200, 20), (200, 32)).When(new ExperimentCommand.Review(null, 0)).ThenNothing();
        Running(Method.Replace("1000,", "1,", StringComparison.Ordinal).Replace("9000", "1", StringComparison.Ordinal)).With((200, 20), (200, 32)).When(new ExperimentCommand.Review(null, 0)).Then<ExperimentEvent.Completed>();
    }

    [Fact]
    public void The_deadline_ends_it_regardless()
    {
        var scenario = Running("""{"perAlternative":1000000,"deadline":"P1D"}""").With((10, 1), (10, 2));
        scenario.After(TimeSpan.FromHours(23)).When(new ExperimentCommand.Review(null, 0)).ThenNothing();
        var completed = scenario.After(TimeSpan.FromHours(1)).When(new ExperimentCommand.Review(null, 0)).Then<ExperimentEvent.Completed>();
        Assert.Contains("deadline of P1D", completed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deadline_alone_waits_for_it()
        => Running("""{"deadline":"P1D"}""").With((10_000, 1), (10_000, 9_000)).When(new ExperimentCommand.Review(null, 0)).ThenNothing();

    [Fact]
    public void A_disabled_experiment_is_not_completed_behind_somebodys_back()
    {
        var scenario = Running("""{"deadline":"P1D"}""").And(new ExperimentCommand.Disable()).After(TimeSpan.FromDays(2));
        scenario.When(new ExperimentCommand.Review(null, 0)).ThenNothing();
        scenario.And(new ExperimentCommand.Enable()).When(new ExperimentCommand.Review(null, 0)).Then<ExperimentEvent.Completed>();
    }

    [Fact]
    public void Only_open_alternatives_need_participants()
        => Scenario.Given(Definition("""{"perAlternative":100}"""))
            .And(new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 0, ["b"] = 1 }, "a is broken"))
            .With((5, 1), (100, 2))
            .When(new ExperimentCommand.Review(null, 0))
            .Then<ExperimentEvent.Completed>();

    [Fact]
    public void A_handicap_counts_for_certainty_too()
    {
        var when = """{"probability":0.95},"outcome":{"handicap":{"b":1.5}}""";
        Running(when).With((2_000, 200), (2_000, 300)).When(new ExperimentCommand.Review(null, 0)).ThenNothing();
        Running(when).With((2_000, 200), (2_000, 600)).When(new ExperimentCommand.Review(null, 0)).Then<ExperimentEvent.Completed>();
    }

    private static Scenario Running(string when) => Scenario.Given(Definition(when));

    private static string Definition(string when)
        => $$"""{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup"}],"completeWhen":{{when}}}""";
}
