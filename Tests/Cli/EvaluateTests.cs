namespace Bandstand.Tests.Cli;

public sealed class EvaluateTests : IDisposable
{
    private const string Experiment = """
        {"record":"experiment","id":"price","alternatives":[{"key":"a"},{"key":"b"}],"metrics":[{"id":"errors","kind":"conversion","goal":"decrease","guardrail":{}},{"id":"signup","kind":"conversion"},{"id":"spend","kind":"value"},{"id":"share","kind":"ratio","numerator":"x","denominator":"y"}]}
        """;

    private const string Signup = """
        {"record":"score","method":"fixed","metric":"signup","epochs":[
          {"epoch":0,"decision":1,"alternatives":[{"alternative":"a","probability":0.5,"participants":1000,"converted":100,"mean":0.1,"stdDev":0.3},{"alternative":"b","probability":0.5,"participants":1000,"converted":120,"mean":0.12,"stdDev":0.32}]},
          {"epoch":3,"decision":4,"alternatives":[{"alternative":"a","probability":0.2,"participants":200,"converted":30,"mean":0.15,"stdDev":0.35},{"alternative":"b","probability":0.8,"participants":800,"converted":144,"mean":0.18,"stdDev":0.38}]}]}
        """;

    private const string BySegment = """
        {"record":"score","method":"fixed","metric":"signup","epochs":[
          {"epoch":0,"decision":1,"alternatives":[{"alternative":"a","probability":0.5,"participants":500,"converted":50},{"alternative":"b","probability":0.5,"participants":500,"converted":60}]},
          {"epoch":1,"decision":2,"segment":"country:DE","alternatives":[{"alternative":"a","probability":0.8,"participants":400,"converted":40},{"alternative":"b","probability":0.2,"participants":100,"converted":5}]},
          {"epoch":2,"decision":2,"alternatives":[{"alternative":"a","probability":0.25,"participants":100,"converted":10},{"alternative":"b","probability":0.75,"participants":300,"converted":45}]}]}
        """;

    private const string Spend = """
        {"record":"score","method":"fixed","metric":"spend","epochs":[
          {"epoch":0,"decision":1,"alternatives":[{"alternative":"a","probability":1,"participants":100,"converted":9,"mean":2.5,"stdDev":4},{"alternative":"b","probability":0,"participants":0,"converted":0,"mean":null,"stdDev":null}]},
          {"epoch":1,"decision":2,"alternatives":[{"alternative":"a","probability":0.5,"participants":100,"converted":9,"mean":2.5,"stdDev":4},{"alternative":"b","probability":0.5,"participants":100,"converted":9,"mean":3.5,"stdDev":4}]}]}
        """;

    private const string Share = """
        {"record":"score","method":"fixed","metric":"share","epochs":[{"epoch":0,"decision":1,"alternatives":[
          {"alternative":"a","probability":0.8,"participants":800,"converted":400,"mean":2,"stdDev":2,"numerator":{"mean":3,"stdDev":4},"denominator":{"mean":1.5,"stdDev":1},"covariance":3},
          {"alternative":"b","probability":0.2,"participants":200,"converted":100,"mean":2.5,"stdDev":2,"numerator":{"mean":5,"stdDev":4},"denominator":{"mean":2,"stdDev":1},"covariance":3}]}]}
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_recorded_experiment_answers_for_other_policies()
    {
        var run = await EvaluateAsync("evaluate {0} --policy always:b --policy thompson --epochs", Experiment, Signup);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = run.Output.Split('\n');
        Assert.StartsWith("recorded: 0.1313 ± 0.006", lines[0], StringComparison.Ordinal); // 394 of 3 000.

        // 120/0.5 + 144/0.8 of 3 000 by inverse propensity; the weights came out as expected, so both estimates agree.
        Assert.StartsWith("always:b: 0.14 ± ", lines[1], StringComparison.Ordinal);
        Assert.Contains("self-normalised, 0.14 ± ", lines[1], StringComparison.Ordinal);
        Assert.Contains("+0.008667 ± ", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("worth 1714 participants of its own.", lines[1], StringComparison.Ordinal); // 3 000²/(4·1 000 + 1.25²·800).
        Assert.StartsWith("  epoch 0: 2000 participants, a 0.5 → 0, b 0.5 → 1: 0.12 ± ", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("  epoch 3: 1000 participants, a 0.2 → 0, b 0.8 → 1: 0.18 ± ", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("thompson: ", lines[4], StringComparison.Ordinal);
        Assert.Contains("a 0.5 → 0.5, b 0.5 → 0.5", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Segments_count_by_their_own_probabilities_and_get_one_decision()
    {
        var run = await EvaluateAsync("evaluate {0} --policy always:b --policy thompson --epochs", Experiment, BySegment);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = run.Output.Split('\n');
        Assert.EndsWith("1900 participants under 3 sets of weights, 1 of them of one segment each.", lines[0], StringComparison.Ordinal);
        Assert.Contains(", 0.1079 ± ", lines[1], StringComparison.Ordinal); // (60/0.5 + 5/0.2 + 45/0.75) of 1 900.
        Assert.StartsWith("  epoch 1 (country:DE): 500 participants, a 0.8 → 0, b 0.2 → 1: 0.05 ± ", lines[3], StringComparison.Ordinal);
        Assert.Equal(lines[7].Split(" → ")[2].Split(':')[0], lines[8].Split(" → ")[2].Split(':')[0]);
        Assert.NotEqual(lines[6].Split(" → ")[2].Split(':')[0], lines[8].Split(" → ")[2].Split(':')[0]);
    }

    [Fact]
    public async Task A_ratio_is_evaluated_above_and_below_its_line()
    {
        var run = await EvaluateAsync("evaluate {0} --metric share", Experiment, Share);

        // Weighed alike (a by 0.5/0.8, b by 0.5/0.2), above and below: (800·3·0.625 + 200·5·2.5) / (800·1.5·0.625 + 200·2·2.5).
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = run.Output.TrimEnd().Split('\n');
        Assert.StartsWith("recorded: 2.125 ± ", lines[0], StringComparison.Ordinal); // 3 400 / 1 600.
        Assert.Contains("of 'share'; 1000 participants", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("equal: 2.286 ± ", lines[1], StringComparison.Ordinal);
        Assert.Contains(") by inverse propensity; +0.1607 ± ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("thompson: ", lines[2], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task What_could_not_be_drawn_is_unavailable_unless_left_out()
    {
        var run = await EvaluateAsync("evaluate {0} --metric spend --policy always:b", Experiment, Spend);
        Assert.Contains("always:b: unavailable (no-support): In 1 of 2 epochs (100 participants)", run.Output, StringComparison.Ordinal);
        Assert.Contains("--supported", run.Output, StringComparison.Ordinal);

        run = await EvaluateAsync("evaluate {0} --metric spend --policy always:b --supported", Experiment, Spend);
        Assert.Contains("always:b: 3.5 ± ", run.Output, StringComparison.Ordinal);
        Assert.Contains("+0.5 ± ", run.Output, StringComparison.Ordinal);
        Assert.Contains("of the other 200 participants", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evaluate {0}", "", "'experiment'")]
    [InlineData("evaluate {0}", "nonsense", "line 1: this is no line of an export")]
    [InlineData("evaluate {0}", Experiment, "no figures by epoch of the metric 'signup'. Name one with --metric, or export again")]
    [InlineData("evaluate {0} --metric errors", Experiment + Signup, "'errors', only of signup")]
    [InlineData("evaluate {0} --metric share", Experiment + """{"record":"score","metric":"share","epochs":[{"epoch":0,"decision":1,"alternatives":[{"alternative":"a","probability":1,"participants":2,"converted":1,"denominator":{"mean":1,"stdDev":1}},{"alternative":"b","probability":0,"participants":0,"converted":0}]}]}""", "alternatives[0].numerator is missing")]
    [InlineData("evaluate {0} --metric share", Experiment + """{"record":"score","metric":"share","epochs":[{"epoch":0,"decision":1,"alternatives":[{"alternative":"a","probability":1,"participants":2,"converted":1,"numerator":{"mean":1,"stdDev":1},"denominator":{"mean":1,"stdDev":1},"covariance":2},{"alternative":"b","probability":0,"participants":0,"converted":0}]}]}""", "alternatives[0].covariance is more than the two standard deviations allow")]
    [InlineData("evaluate {0}", Experiment + """{"record":"score","metric":"signup","epochs":[]}""", "Nobody took part")]
    [InlineData("evaluate {0}", Experiment + """{"record":"score","metric":"signup","epochs":[{"epoch":0,"decision":1,"alternatives":[{"alternative":"b","participants":1}]}]}""", "score.epochs[0].alternatives are not those of the experiment")]
    [InlineData("evaluate {0}", Experiment + """{"record":"score","metric":"signup","epochs":[{"alternatives":[{"alternative":"a","probability":0.5,"participants":1,"converted":1},{"alternative":"b","probability":0.5,"participants":1,"converted":1}]}]}""", "score.epochs[0].epoch is missing")]
    [InlineData("evaluate {0}", Experiment + """{"record":"score","metric":"signup","epochs":[{"epoch":0,"decision":1,"alternatives":[{"alternative":"a","probability":0.5,"participants":1,"converted":2},{"alternative":"b","probability":0.5,"participants":1,"converted":1}]}]}""", "score.epochs[0].alternatives[0].converted is more than there are participants")]
    [InlineData("evaluate {0}", Experiment + """{"record":"score","metric":"signup","epochs":[{"epoch":0,"decision":1,"alternatives":[{"alternative":"a","probability":0.5,"participants":1,"converted":1},{"alternative":"b","probability":0.6,"participants":1,"converted":1}]}]}""", "do not sum to 1")]
    [InlineData("evaluate {0}", Experiment + """{"record":"score","metric":"signup","epochs":[{"epoch":0,"decision":1,"alternatives":[{"alternative":"a","probability":null,"participants":1,"converted":1},{"alternative":"b","probability":null,"participants":1,"converted":1}]}]}""", "alternatives[0].probability is not known")]
    public async Task What_is_wrong_with_a_file_is_told_with_the_remedy(string line, string file, string says)
    {
        var run = await EvaluateAsync(line, file.Length == 0 ? [] : file.Replace("}{", "}\n{", StringComparison.Ordinal).Replace("}\n{\"record\":\"score\"", "}\0{\"record\":\"score\"", StringComparison.Ordinal).Split('\0'));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evaluate", "Name what was recorded")]
    [InlineData("evaluate x.ndjson --server http://127.0.0.1:1 --experiment price", "Name what was recorded")]
    [InlineData("evaluate --server http://127.0.0.1:1", "Name what was recorded")]
    [InlineData("evaluate --server nowhere --experiment price", "http://127.0.0.1:5080")]
    [InlineData("evaluate x.ndjson --confidence 2", "--confidence")]
    public async Task What_is_typed_wrongly_is_answered_with_2(string line, string says)
    {
        var run = await CliRun.RunAsync(line);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_is_none_and_a_file_that_is_not_there_are_told()
    {
        var run = await EvaluateAsync("evaluate {0} --policy always:z", Experiment, Signup);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("There are a, b", run.Error, StringComparison.Ordinal);

        Assert.Equal(1, (await CliRun.RunAsync("evaluate {0}", folder.File("none.ndjson"))).ExitCode);
    }

    private async Task<CliRun> EvaluateAsync(string line, params string[] records)
    {
        // One record a line.
        await File.WriteAllLinesAsync(folder.File("all.ndjson"), records.Select(record => record.ReplaceLineEndings("").Trim()), TestContext.Current.CancellationToken);
        return await CliRun.RunAsync(line, folder.File("all.ndjson"));
    }
}
