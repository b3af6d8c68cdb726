using Bandstand.Statistics.Sequential;

namespace Bandstand.Tests.Statistics.Sequential;

public class LabelMixtureTests
{
    [Fact]
    public void It_is_a_martingale_to_the_last_digit()
    {
        // The mean over the next unit, inside with π and outside with 1 − π, is the value before it: that is all an e-process is.
        LabelStratum[] before = [new(0.1, 3, 8), new(0.5, 7, 2)];
        for (var k = 0; k < 2; k++)
        {
            var inside = before.Select((s, i) => i == k ? s with { Inside = s.Inside + 1 } : s);
            var outside = before.Select((s, i) => i == k ? s with { Outside = s.Outside + 1 } : s);
            var pi = before[k].Probability;
            Assert.Equal(E(before), (pi * E(inside)) + ((1 - pi) * E(outside)), 1e-12);
        }

        Assert.Equal(1, E([]), 1e-12);
    }

    [Theory]
    [InlineData(1, 0, 0.5, 0.2)]
    [InlineData(0, 30, 0.1, 0.2)]
    [InlineData(500, 1, 0.9, 0.1)]
    [InlineData(51_000, 49_000, 0.5, 0.2)]
    [InlineData(3_000_000, 27_000_000, 0.1, 0.2)]
    [InlineData(40, 4, 0.01, 0.2)]
    [InlineData(2, 100_000, 0.5, 0.2)]
    public void The_integral_is_right_to_many_digits(long inside, long outside, double probability, double deviation)
    {
        LabelStratum[] strata = [new(probability, inside, outside)];
        Assert.Equal(new LabelMixture(strata, deviation, 0.0125).Evidence.LogE, new LabelMixture(strata, deviation).Evidence.LogE, 1e-11);
    }

    [Fact]
    public void Many_strata_are_what_each_of_them_says_together()
    {
        // By hand, at two factors: the mixture's interval ends where the likelihood ratio has fallen to the level.
        LabelStratum[] strata = [.. Enumerable.Range(1, 9).Select(i => new LabelStratum(i / 10.0, 3 * i, 33 - (3 * i)))];
        var mixture = new LabelMixture(strata, 0.2);
        var ends = mixture.Factors(0.05);
        Assert.All(new[] { ends.Lower, ends.Upper }, r =>
        {
            var ratio = strata.Sum(s => (s.Inside * Math.Log(r)) - ((s.Inside + s.Outside) * Math.Log(1 - s.Probability + (s.Probability * r))));
            Assert.Equal(mixture.Evidence.LogE + Math.Log(0.05), ratio, 1e-10);
        });
        var flat = mixture.LogFactor;
        Assert.Equal(0, strata.Sum(s => s.Inside - ((s.Inside + s.Outside) / (1 + ((1 - s.Probability) / s.Probability * Math.Exp(-flat))))), 1e-9);
    }

    [Fact]
    public void Interval_and_p_value_agree_on_no_difference()
    {
        for (var inside = 0; inside <= 400; inside += 7)
        {
            var mixture = new LabelMixture([new(0.4, inside, 400 - inside)], 0.2);
            Assert.Equal(mixture.Evidence.PValue > 0.05, mixture.Factors(0.05).Contains(1));
        }
    }

    [Fact]
    public void An_interval_is_open_to_the_side_without_data()
    {
        Assert.Equal(0, new LabelMixture([new(0.5, 0, 10)], 0.2).Factors(0.05).Lower);
        Assert.Equal(double.PositiveInfinity, new LabelMixture([new(0.5, 10, 0)], 0.2).Factors(0.05).Upper);
        var even = new LabelMixture([new(0.5, 1000, 1000)], 0.2).Factors(0.05);
        Assert.Equal(1, even.Lower * even.Upper, 1e-9);
        Assert.InRange(even.Upper, 1.10, 1.20);
    }

    [Fact]
    public void A_unit_where_none_can_fall_refutes()
    {
        Assert.Equal(double.MaxValue, new LabelMixture([new(0, 1, 5)], 0.2).Evidence.EValue);
        Assert.Equal(1, new LabelMixture([new(0, 0, 5)], 0.2).Evidence.PValue);
    }

    [Fact]
    public void Participants_of_many_epochs_are_held_against_their_own_probabilities()
    {
        var healthy = Enumerable.Range(1, 40).Select(i => (new[] { i / 50.0, 1 - (i / 50.0) }, new long[] { 2 * i, 100 - (2 * i) })).ToArray();
        Assert.InRange(AssignmentProcess.Evidence(healthy).PValue, 0.5, 1);

        // One in six of the first alternative is lost in every epoch: too little to see in any one of them.
        var lossy = healthy.Select(e => (e.Item1, new[] { e.Item2[0] * 5 / 6, e.Item2[1] })).ToArray();
        Assert.InRange(AssignmentProcess.Evidence(lossy).PValue, 0, 0.001);
        Assert.All(lossy, e => Assert.InRange(AssignmentProcess.Evidence([e]).PValue, 0.05, 1));
    }

    private static double E(IEnumerable<LabelStratum> strata) => new LabelMixture(strata, 0.2).Evidence.EValue;
}
