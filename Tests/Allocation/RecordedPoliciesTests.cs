using Bandstand.Allocation;
using Bandstand.Tests.Experiments;

namespace Bandstand.Tests.Allocation;

public class RecordedPoliciesTests
{
    private static readonly RecordedExperiment Recorded = new(
        Scenario.Define("""{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"a","metrics":[{"id":"signup"}]}"""),
        [
            [new(0.5, 1000, 100), new(0.5, 1000, 120), new(0, 0, 0)],
            [new(0.5, 500, 50), new(0.25, 250, 30), new(0.25, 250, 60)],
            [new(0.2, 200, 20), new(0.4, 400, 48), new(0.4, 400, 96)],
        ]);

    [Fact]
    public void Named_weights_are_shared_out_and_equal_ones_go_to_what_could_be_drawn()
    {
        Assert.All(Weights("weights:b=1,a=3"), epoch => Assert.Equal([0.75, 0.25, 0], epoch));
        Assert.All(Weights("always:c"), epoch => Assert.Equal([0, 0, 1], epoch));
        Assert.Equal([0.5, 0.5, 0], Weights("equal")[0]);
        Assert.Equal([1 / 3.0, 1 / 3.0, 1 / 3.0], Weights("equal")[1]);
    }

    [Fact]
    public void A_bandit_decides_each_epoch_on_those_before_it()
    {
        var weights = Weights("thompson:floor=0.05");
        Assert.Equal([0.5, 0.5, 0], weights[0]); // It knows nothing yet, and c could not be drawn.

        // The production policy on the first epoch's figures, c being new: an even share for it, the rest by the probability of being best.
        Assert.Equal(1 / 3.0, weights[1][2], 1e-4);
        Assert.InRange(weights[1][1], 0.55, 0.62);
        Assert.InRange(weights[2][2], 0.85, 0.9); // 60 of 250 leave the floor for the others.
        Assert.All(weights.Skip(1), epoch => Assert.All(epoch, w => Assert.InRange(w, 0.05, 1)));
        Assert.All(weights, epoch => Assert.Equal(1, epoch.Sum(), 1e-12));
        Assert.NotEqual(weights[2], Weights("top-two:floor=0.05")[2]);
    }

    [Fact]
    public void What_comes_later_changes_no_earlier_epoch()
    {
        var changed = Recorded with { Epochs = [Recorded.Epochs[0], Recorded.Epochs[1], [new(0.2, 200, 200), new(0.4, 400, 0), new(0.4, 400, 0)]] };

        Assert.Equal(Weights("thompson"), RecordedPolicies.Weights(changed, "thompson").Value);
    }

    [Theory]
    [InlineData("guess", "there is no such policy here. Use equal")]
    [InlineData("equal:1", "Use equal")]
    [InlineData("always:z", "no alternative has the key 'z'. There are a, b, c")]
    [InlineData("weights:a=1,b", "'b' is no weight")]
    [InlineData("weights:a=-1", "'a=-1' is no weight")]
    [InlineData("weights:a=NaN", "'a=NaN' is no weight")]
    [InlineData("weights:a=1,a=2", "'a' is named twice")]
    [InlineData("weights:a=0", "all weights are 0")]
    [InlineData("thompson:flor=0.1", "allocation.flor")]
    [InlineData("thompson:floor=0.5", "allocation.floor: A floor of 0.5")]
    [InlineData("thompson:every=P1D", "counted by assignments")]
    [InlineData("thompson:by=country", "by: figures were not recorded by value")]
    public void A_policy_that_makes_no_sense_is_refused_with_the_remedy(string text, string says)
        => Assert.Contains(says, RecordedPolicies.Weights(Recorded, text).Refusal!.Detail, StringComparison.Ordinal);

    private static IReadOnlyList<IReadOnlyList<double>> Weights(string text) => RecordedPolicies.Weights(Recorded, text).Value;
}
