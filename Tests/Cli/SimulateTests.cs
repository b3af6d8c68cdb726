using System.Globalization;
using Bandstand.Cli.Simulate;
using Bandstand.Simulation;

namespace Bandstand.Tests.Cli;

public sealed class SimulateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Policies_are_played_side_by_side_and_the_same_seed_gives_the_same_table()
    {
        const string Arguments = "simulate --scenario drift --scenario same --policy classic:count-multiplier=1,alpha=0.2 --policy adaptive --runs 3 --out {0}";
        var run = await CliRun.RunAsync(Arguments, folder.File("one"));
        await CliRun.RunAsync(Arguments, folder.File("two"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("drift, classic:count-multiplier=1,alpha=0.2: regret ", run.Output, StringComparison.Ordinal);
        Assert.Contains("same, adaptive: regret 0.0 ± 0.0, switches ", run.Output, StringComparison.Ordinal);
        var table = await File.ReadAllLinesAsync(Path.Combine(folder.File("one"), "simulation.csv"));
        Assert.Equal(5, table.Length);
        Assert.Equal(table, await File.ReadAllLinesAsync(Path.Combine(folder.File("two"), "simulation.csv")));
    }

    [Fact]
    public async Task A_scenario_is_played_with_tables_and_pictures_that_a_seed_repeats()
    {
        var file = folder.File("shop.json");
        await File.WriteAllTextAsync(file, Simulation.SimulatorTests.Json(), TestContext.Current.CancellationToken);
        const string Arguments = "simulate {0} --policy fixed --policy thompson:every=500 --runs 3 --seed 7 --out {1}";
        var run = await CliRun.RunAsync(Arguments, file, folder.File("one"));
        await CliRun.RunAsync(Arguments, file, folder.File("two"));

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        Assert.Contains("shop: 20 days, 200 people a day, 3 runs", run.Output, StringComparison.Ordinal);
        Assert.Contains("thompson:every=500", run.Output, StringComparison.Ordinal);
        string[] names = ["days.csv", "regret.svg", "runs.csv", "simulation.csv", "weights-1.svg", "weights-2.svg"];
        Assert.Equal(names, Directory.GetFiles(folder.File("one")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(File.ReadAllText(Path.Combine(folder.File("one"), name)), File.ReadAllText(Path.Combine(folder.File("two"), name))));
        Assert.Equal(1 + (2 * 20), File.ReadAllLines(Path.Combine(folder.File("one"), "days.csv")).Length);
    }

    [Fact]
    public async Task Who_differs_by_an_attribute_is_told_apart_in_a_table()
    {
        var file = folder.File("shop.json");
        await File.WriteAllTextAsync(
            file,
            Simulation.SimulatorTests.Json(metric: """, "by": {"country": {"fr": {"rates": {"a": 0.3}}}}""")
                .Replace("\"traffic\"", "\"attributes\": {\"country\": {\"de\": 0.5, \"fr\": 0.5}}, \"traffic\"", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var run = await CliRun.RunAsync("simulate {0} --policy fixed --runs 2 --out {1}", file, folder.File("one"));

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder.File("one"), "segments.csv"), TestContext.Current.CancellationToken);
        Assert.Equal("policy,attribute,value,people,regret,regret_lower,regret_upper,weight_a,weight_b", lines[0]);
        Assert.Equal(["fixed,country,de", "fixed,country,fr"], lines.Skip(1).Select(line => string.Join(',', line.Split(',').Take(3))));
        Assert.All(lines.Skip(1), line => Assert.EndsWith(",0.5,0.5", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Runs_played_at_the_same_time_are_those_played_one_by_one()
    {
        var scenario = Simulation.SimulatorTests.Scenario();
        var policy = SimulatedPolicies.Parse(scenario, "thompson").Value;
        var together = ScenarioCommand.Play(scenario, policy, 4, 7, TestContext.Current.CancellationToken);

        for (var run = 0; run < together.Length; run++)
        {
            var alone = new Simulator(scenario, policy.Definition, string.Create(CultureInfo.InvariantCulture, $"7/{run}")).Run(TestContext.Current.CancellationToken);
            Assert.Equal(alone.RegretByDay, together[run].RegretByDay);
            Assert.Equal(alone.Experiment.Decisions.Select(d => d.Reason), together[run].Experiment.Decisions.Select(d => d.Reason));
        }
    }

    [Fact]
    public void Of_one_run_alone_no_error_is_claimed_and_a_picture_says_what_it_leaves_out()
    {
        var alone = SimulatedFigure.Of([24]);
        Assert.Equal((24, double.NaN, double.NaN), (alone.Mean, alone.Lower, alone.Upper));
        var scenario = Simulation.SimulatorTests.Scenario();
        var run = new Simulator(scenario, SimulatedPolicies.Parse(scenario, "fixed").Value.Definition, "7/0").Run(TestContext.Current.CancellationToken);
        var summary = SimulationSummary.Of("fixed", [run, run]) with { DaysToDecision = alone };
        Assert.Contains("24.0 (1 run)", ScenarioTables.Text(scenario, [summary]), StringComparison.Ordinal);
        Assert.Contains("; the first 6 of 7 policies", ScenarioCharts.Of(scenario, [.. Enumerable.Repeat(summary, 7)]).First().Svg, StringComparison.Ordinal);
        Assert.DoesNotContain("the first", ScenarioCharts.Of(scenario, [summary]).First().Svg, StringComparison.Ordinal);
        Assert.Contains(",24,,,", ScenarioTables.Summaries([summary]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scenario_that_is_wrong_is_refused_with_file_path_and_remedy()
    {
        var file = folder.File("shop.json");
        await File.WriteAllTextAsync(file, Simulation.SimulatorTests.Json().Replace("0.15", "15", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var run = await CliRun.RunAsync("simulate {0}", file);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("shop.json", run.Error, StringComparison.Ordinal);
        Assert.Contains("$.metrics.signup.rates.b: A rate is a number from 0 to 1", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await CliRun.RunAsync("simulate {0}", folder.File("nowhere.json"))).ExitCode);
        Assert.Contains("is a folder", (await CliRun.RunAsync("simulate {0}", Path.GetDirectoryName(file)!)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_be_played_for_nothing_is_refused_before()
    {
        var file = folder.File("shop.json");
        await File.WriteAllTextAsync(file, Simulation.SimulatorTests.Json().Replace("\"duration\"", "\"policies\": [\"greedy\"], \"duration\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var unknown = await CliRun.RunAsync("simulate {0}", file);
        var unwritable = await CliRun.RunAsync("simulate {0} --policy fixed --out {1}", file, file);

        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("shop.json: $.policies: Policy 'greedy': there is no such policy", unknown.Error, StringComparison.Ordinal);
        Assert.Equal((1, string.Empty), (unwritable.ExitCode, unwritable.Output));
        Assert.Contains("cannot be written", unwritable.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("simulate", "Name what is played")]
    [InlineData("simulate shop.json --scenario aa", "not both")]
    [InlineData("simulate --scenario moon", "'moon'")]
    [InlineData("simulate --scenario aa --policy greedy", "there is no policy 'greedy'")]
    [InlineData("simulate --scenario aa --policy adaptive:alpha=0.1", "'adaptive' has no setting 'alpha'")]
    [InlineData("simulate --scenario aa --policy adaptive:certainty=2", "over 0 and under 1")]
    [InlineData("simulate --scenario aa --policy classic:alpha", "'alpha' is no setting")]
    [InlineData("simulate --scenario five --policy classic", "decides between two alternatives")]
    [InlineData("simulate --scenario aa --runs 1", "at least 2")]
    public async Task What_cannot_be_played_is_named_and_answered_with_2(string arguments, string says)
    {
        var run = await CliRun.RunAsync(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }
}
