using Bandstand.Assignment;
using Bandstand.Experiments;

namespace Bandstand.Tests.Conformance;

public abstract partial class ExperimentsConformance
{
    [Fact]
    public async Task A_guardrail_drops_the_harmful_alternative_before_its_events_are_answered()
    {
        await Define("price", Guarded("true"));

        var (last, before) = await HarmB("price");

        var view = (await Bandstand.Get("price", Token)).Value;
        var next = await Assign("price", "newcomer");
        var sticky = await Assign("price", last.Identity);
        var decision = (await Bandstand.Decisions("price", 0, 100, Token)).Value.Items[^1];
        Assert.Equal([10_000, 0], view.Weights.Select(weight => weight.Value));
        Assert.Equal((ExperimentStatus.Running, 1), (view.Status, view.Epoch));
        Assert.Equal(("a", AssignmentReason.Assigned, 1.0), (next.Alternative, next.Reason, next.Probability));
        Assert.Equal(("a", AssignmentReason.Sticky, 0.5), (sticky.Alternative, sticky.Reason, sticky.Probability));
        Assert.Equal(("guardrail", 1, "errors", "b"), (decision.Kind, decision.Epoch, decision.Guardrail?.Metric, decision.Guardrail?.Alternative));
        Assert.True(decision.Guardrail!.EValue >= decision.Guardrail.Needed && decision.Guardrail.Harm > 0.3);
        Assert.Contains("'errors'", decision.Reason, StringComparison.Ordinal);
        Assert.InRange(before, 5, 60);
    }

    [Fact]
    public async Task A_guardrail_that_disables_does_so_once()
    {
        await Define("price", Guarded("""{"action":"disable"}"""));
        var (last, _) = await HarmB("price");

        var disabled = (await Bandstand.Get("price", Token)).Value.Status;
        var shown = await Assign("price", "newcomer");
        await Do("price", new ExperimentCommand.Enable());
        await Track("errors", last.Identity);
        await Pass(TimeSpan.FromMinutes(2));

        Assert.Equal((ExperimentStatus.Disabled, AssignmentReason.Disabled), (disabled, shown.Reason));
        Assert.Equal(ExperimentStatus.Running, (await Bandstand.Get("price", Token)).Value.Status);
    }

    [Fact]
    public async Task A_guardrail_can_move_everybody_to_the_default()
    {
        await Define("price", Guarded("""{"margin":0.1,"alpha":0.05,"action":"default"}"""));
        await HarmB("price");

        var view = (await Bandstand.Get("price", Token)).Value;
        var shown = await Assign("price", "newcomer");

        Assert.Equal((ExperimentStatus.Completed, "a"), (view.Status, view.Outcome));
        Assert.Equal((AssignmentReason.Completed, "a"), (shown.Reason, shown.Alternative));
    }

    [Fact]
    public async Task A_person_may_open_again_what_a_guardrail_dropped()
    {
        await Define("price", Guarded("true"));
        var (last, _) = await HarmB("price");

        await Do("price", new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 1 }, "we know why"));
        await Track("errors", last.Identity);
        await Pass(TimeSpan.FromMinutes(2));

        Assert.Equal("b", (await Assign("price", last.Identity)).Alternative);
        Assert.Equal([5_000, 5_000], (await Bandstand.Get("price", Token)).Value.Weights.Select(weight => weight.Value));
    }

    [Fact]
    public async Task The_score_tells_what_guardrails_say()
    {
        await Define("price", Guarded("true"));
        var before = Assert.Single((await Score("price")).Guardrails);
        await HarmB("price");
        var after = Assert.Single((await Score("price")).Guardrails);

        Assert.Equal(("errors", "b", 100.0, GuardReading.Exact), (before.Metric.Id, before.Alternative, before.Needed, before.Guarantee));
        Assert.Null(before.Trip);
        Assert.True(after.EValue >= after.Needed);
        Assert.Equal("drop", after.Trip?.Action);
    }

    /// <summary>Half of those who get b err, and nobody else, until somebody is told that it is over. Who erred last, and how many had.</summary>
    private async Task<(AssignmentResult Last, int Errors)> HarmB(string experiment)
    {
        var errors = 0;
        for (var number = 0; number < 400; number++)
        {
            var answer = await Assign(experiment, $"u{number}");
            if (answer.Alternative == "b" && number % 2 == 0)
            {
                errors++;
                await Track("errors", answer.Identity);
                if ((await Assign(experiment, answer.Identity)).Alternative != "b")
                {
                    return (answer, errors);
                }
            }
        }

        throw new InvalidOperationException("The guardrail never tripped.");
    }

    private static string Guarded(string guardrail) =>
        $$"""{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"errors","goal":"decrease","guardrail":{{guardrail}}},{"id":"signup"}],"shards":4}""";
}
