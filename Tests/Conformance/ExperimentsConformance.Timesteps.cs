using System.Text;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Tests.Conformance;

public abstract partial class ExperimentsConformance
{
    private const string Banner = """{"alternatives":[{"key":"0"},{"key":"1"}],"default":"0","metrics":[{"id":"click","kind":"conversion"}],"shards":4,"allocation":{"policy":"timestep","winnerShare":0.8,"decide":"classic","countMultiplier":5}}""";

    [Fact]
    public async Task The_winner_of_a_timestep_gets_most_of_the_next()
    {
        await Define("banner", Banner);

        await Observe(0, Rows(("0", 100, 10), ("1", 100, 40)));
        var closed = await CloseStep(0);

        Assert.Equal(("1", true, TimestepStatus.Ok), (closed.Winner, closed.Changed, closed.Status));
        Assert.Equal([2000, 8000], (await Bandstand.Get("banner", Token)).Value.Weights.Select(weight => weight.Value));
    }

    [Fact]
    public async Task Three_alternatives_are_decided_by_what_all_timesteps_taught()
    {
        await Define("banner", """{"alternatives":[{"key":"0"},{"key":"1"},{"key":"2"}],"default":"0","metrics":[{"id":"click","kind":"conversion"}],"shards":4,"allocation":{"policy":"timestep","decide":"adaptive","certainty":0.9}}""");
        var winners = new List<string>();
        for (var t = 0; t < 6; t++)
        {
            await Observe(t, Rows(("0", 400, 40), ("1", 50, 4), ("2", 50, 10)));
            winners.Add((await CloseStep(t)).Winner);
        }

        Assert.Equal("0", winners[0]);
        Assert.Equal("2", winners[^1]);
        Assert.Equal([1000, 1000, 8000], (await Bandstand.Get("banner", Token)).Value.Weights.Select(weight => weight.Value));
        Assert.Contains("'2' is better than '0' with a probability of", (await Bandstand.Timesteps("banner", -1, 10, Token)).Value.Items.Single(x => x.Changed).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closing_again_answers_the_same()
    {
        await Define("banner", Banner);
        await Observe(0, Rows(("0", 100, 10), ("1", 100, 40)));

        var first = await CloseStep(0);
        var again = await CloseStep(0);

        Assert.Equal((first.Winner, first.T, first.PValue, first.Changed), (again.Winner, again.T, again.PValue, again.Changed));
        Assert.Equal(1, (await Bandstand.Get("banner", Token)).Value.Epoch);
    }

    [Fact]
    public async Task Closing_a_later_step_closes_the_skipped_ones()
    {
        await Define("banner", Banner);
        await Observe(2, Rows(("0", 100, 40), ("1", 100, 10)));

        await CloseStep(2);

        var steps = (await Bandstand.Timesteps("banner", -1, 10, Token)).Value.Items;
        Assert.Equal([TimestepStatus.MissingFile, TimestepStatus.MissingFile, TimestepStatus.Ok], steps.Select(step => step.Status));
        Assert.Equal("timestep-closed", (await TryObserve(1, Rows(("0", 1, 0)))).Refusal?.Code);
        Assert.Equal("timestep-closed", (await Bandstand.Close("banner", 1, Token)).Refusal?.Code);
    }

    [Fact]
    public async Task A_step_that_was_passed_takes_nothing_and_still_knows_its_producers()
    {
        await Define("banner", Banner);
        await Observe(0, Rows(("0", 10, 1)), new ProducerSequence("etl", 1));

        await CloseStep(3);

        Assert.Equal(10, (await Observe(0, Rows(("0", 10, 1)), new ProducerSequence("etl", 1))).Duplicates);
        Assert.Equal("timestep-closed", (await TryObserve(0, Rows(("0", 10, 1)), new ProducerSequence("etl", 2))).Refusal?.Code);
        Assert.Equal("timestep-closed", (await TryObserve(0, Rows(("0", 10, 1)), new ProducerSequence("other", 1))).Refusal?.Code);
        Assert.Equal("timestep-closed", (await TryObserve(1, Rows(("0", 10, 1)), new ProducerSequence("etl", 1))).Refusal?.Code);
    }

    [Fact]
    public async Task A_close_that_is_refused_freezes_nothing()
    {
        await Define("banner", Banner);
        await Observe(0, Rows(("0", 10, 1)));
        await Do("banner", new ExperimentCommand.Disable());

        Assert.Equal("not-running", (await Bandstand.Close("banner", 2, Token)).Refusal?.Code);
        await Do("banner", new ExperimentCommand.Enable());
        await Observe(2, Rows(("1", 4, 1)));
        await Observe(0, Rows(("1", 10, 5)));

        Assert.Equal(20, (await CloseStep(0)).Alternatives.Sum(alternative => alternative.N));
        Assert.Equal(4, (await CloseStep(2)).Alternatives.Sum(alternative => alternative.N));
    }

    [Fact]
    public async Task Observations_sent_again_count_once()
    {
        await Define("banner", Banner);
        var rows = Rows(("0", 30, 3), ("1", 30, 9));

        var first = await Observe(0, rows, new ProducerSequence("etl", 1));
        var again = await Observe(0, rows, new ProducerSequence("etl", 1));

        Assert.Equal((60, 60), (first.Accepted, again.Duplicates));
        Assert.Equal(60, (await CloseStep(0)).Alternatives.Sum(alternative => alternative.N));
    }

    [Fact]
    public async Task Observations_can_come_as_events()
    {
        await Define("banner", Banner);

        var receipt = await Send("""
            {"type":"observation","experiment":"banner","timestep":0,"alternative":"1","value":1}
            {"type":"observation","experiment":"banner","timestep":0,"alternative":"0","value":0}
            {"type":"observation","experiment":"banner","timestep":0,"alternative":"9","value":0}
            """);

        Assert.Equal((2, 1), (receipt.Accepted, receipt.RejectedCount));
        Assert.Equal([1L, 1L], (await CloseStep(0)).Alternatives.Select(alternative => alternative.N));
    }

    [Theory]
    [InlineData("classic", "3.5E+38", 0.1f, 1)]
    [InlineData("adaptive", "1E+141", 0.1, 1)]
    [InlineData("adaptive", "3.5E+38", 3.5e38, 2)]
    public async Task Only_classic_rounds_targets_to_32_bits(string decide, string large, double mean, long rows)
    {
        await Define("banner", Banner.Replace("\"classic\",\"countMultiplier\":5", $"\"{decide}\"", StringComparison.Ordinal));

        var bodies = await Observe(0, $"banner,target\n0,{(rows == 1 ? "0.1" : large)}\n1,{large}\n");
        var events = await Send($$"""
            {"type":"observation","experiment":"banner","timestep":1,"alternative":"0","value":{{(rows == 1 ? "0.1" : large)}}}
            {"type":"observation","experiment":"banner","timestep":1,"alternative":"1","value":{{large}}}
            """);

        Assert.Equal((rows, rows), (bodies.Accepted, events.Accepted));
        Assert.Equal(mean, (await CloseStep(0)).Alternatives[0].Mean);
        Assert.Equal(mean, (await CloseStep(1)).Alternatives[0].Mean);
    }

    [Fact]
    public async Task An_experiment_without_timesteps_takes_no_observations()
    {
        await Define("banner");

        Assert.Equal(RefusalKind.Conflict, (await TryObserve(0, Rows(("0", 1, 1)))).Refusal?.Kind);
    }

    [Fact]
    public async Task A_batch_without_rows_closes_as_empty_and_no_batch_at_all_as_missing()
    {
        await Define("banner", Banner);

        await Observe(0, "banner,target\n");

        Assert.Equal(TimestepStatus.Empty, (await CloseStep(0)).Status);
        Assert.Equal(TimestepStatus.MissingFile, (await CloseStep(1)).Status);
    }

    [Fact]
    public async Task A_number_that_counts_no_timesteps_is_refused()
    {
        await Define("banner", Banner);

        Assert.Equal("timestep-invalid", (await Bandstand.Close("banner", 1_769_853_600, Token)).Refusal?.Code);
        Assert.Equal("timestep-invalid", (await TryObserve(1_769_853_600, Rows(("0", 1, 1)))).Refusal?.Code);
    }

    [Fact]
    public async Task With_a_period_the_sample_is_what_participants_did()
    {
        await Define("banner", """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}],"shards":4,"allocation":{"policy":"timestep","period":"PT1H","winnerShare":0.9,"countMultiplier":1}}""");
        await RunBandit("banner", 300);

        await Pass(TimeSpan.FromMinutes(61));

        var step = Assert.Single((await Bandstand.Timesteps("banner", -1, 10, Token)).Value.Items);
        Assert.Equal(("b", true, TimestepStatus.Ok), (step.Winner, step.Changed, step.Status));
        Assert.Equal(300, step.Alternatives.Sum(alternative => alternative.N));
        Assert.Equal([1000, 9000], (await Bandstand.Get("banner", Token)).Value.Weights.Select(weight => weight.Value));
        Assert.Equal(RefusalKind.Conflict, (await TryObserve(1, Rows(("a", 1, 1)))).Refusal?.Kind);
        await Pass(TimeSpan.FromMinutes(60));
        Assert.Equal(2, (await Bandstand.Timesteps("banner", -1, 10, Token)).Value.Items.Count);
    }

    private async Task<Answer<EventReceipt>> TryObserve(int timestep, string csv, ProducerSequence? producer = null) =>
        await Bandstand.Observe("banner", timestep, new ObservationBatch(Encoding.UTF8.GetBytes(csv), ObservationFormat.Csv, producer), Token);

    private async Task<EventReceipt> Observe(int timestep, string csv, ProducerSequence? producer = null) =>
        (await TryObserve(timestep, csv, producer)).Value;

    private async Task<TimestepResult> CloseStep(int timestep) => (await Bandstand.Close("banner", timestep, Token)).Value;

    private static string Rows(params (string Banner, int Rows, int Hits)[] arms)
    {
        var csv = new StringBuilder("banner,product,time,target\n");
        foreach (var (banner, rows, hits) in arms)
        {
            for (var row = 0; row < rows; row++)
            {
                csv.Append(banner).Append(",shoes,2026-01-31T10:00:00Z,").Append(row < hits ? "1.0" : "0.0").Append('\n');
            }
        }

        return csv.ToString();
    }
}
