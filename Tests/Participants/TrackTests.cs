using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;
using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

public class TrackTests
{
    private const int Signup = 0;
    private const int Revenue = 1;

    [Fact]
    public void The_first_conversion_converts_and_every_one_is_counted()
    {
        var shard = With("ann");
        Assert.Equal(EventVerdict.Counted, shard.Track("ann"));
        Assert.Equal(EventVerdict.Counted, shard.Track("ann", value: 3));
        var signup = StatisticsOf(shard, 0, Signup);
        Assert.Equal((1, 4.0), (signup.Converted, signup.Conversions));
        Assert.Equal(Moments.FromConversions(1, 1), signup.Moments);
        Assert.Equal(new ParticipantTotal(true, 4, 4), shard.Describe("ann")!.Totals[Signup]);
    }

    [Fact]
    public void A_conversion_of_nothing_converts_and_adds_nothing()
    {
        var shard = With("ann");
        Assert.Equal(EventVerdict.Counted, shard.Track("ann", value: 0));
        Assert.Equal(EventVerdict.Counted, shard.Track("ann", value: 0));
        var signup = StatisticsOf(shard, 0, Signup);
        Assert.Equal((1, 0.0), (signup.Converted, signup.Conversions));
    }

    [Fact]
    public void A_value_metric_measures_totals_of_people_not_events()
    {
        var shard = With("ann", "bob", "cid");
        shard.Track("ann", Revenue, 10);
        shard.Track("ann", Revenue, 20.5);
        shard.Track("bob", Revenue, -4);
        var revenue = StatisticsOf(shard, 0, Revenue);
        Assert.Equal((2, 3.0), (revenue.Converted, revenue.Conversions));
        Assert.Equal(3, revenue.Moments.Count);
        Assert.Equal(26.5, revenue.Moments.Total, 1e-12);

        // 30.5, −4 and the 0 of cid, who did nothing.
        var mean = 26.5 / 3;
        Assert.Equal(((30.5 - mean) * (30.5 - mean)) + ((-4 - mean) * (-4 - mean)) + (mean * mean), revenue.Moments.M2, 1e-9);
    }

    [Fact]
    public void A_total_that_returns_to_0_is_still_of_somebody_who_did_something()
    {
        var shard = With("ann");
        shard.Track("ann", Revenue, 7);
        shard.Track("ann", Revenue, -7);
        shard.Track("ann", Revenue, 2);
        var revenue = StatisticsOf(shard, 0, Revenue);
        Assert.Equal((1, 3.0, 2.0), (revenue.Converted, revenue.Conversions, revenue.Moments.Mean));
    }

    [Fact]
    public void What_happened_before_the_assignment_never_counts()
    {
        var shard = With("ann");
        Assert.Equal(EventVerdict.Ignored, shard.Track("ann", at: Noon - 1));
        Assert.Equal(EventVerdict.Counted, shard.Track("ann", at: Noon));
    }

    [Theory]
    [InlineData(ExperimentStatus.Draft)]
    [InlineData(ExperimentStatus.Disabled)]
    [InlineData(ExperimentStatus.Completed)]
    public void Nothing_counts_unless_the_experiment_runs(ExperimentStatus status)
    {
        var shard = With("ann");
        shard.Switch(Plan() with { Version = 2, Status = status, Outcome = 0 });
        Assert.Equal(EventVerdict.Ignored, shard.Track("ann"));
        Assert.Equal(EventVerdict.Ignored, shard.Track("stranger"));
        Assert.Equal(EventVerdict.Ignored, shard.Expose("stranger", 0));
        Assert.Equal(0, shard.Shard.Health().Held);
    }

    [Fact]
    public void A_metric_that_was_removed_or_never_defined_is_ignored_and_its_figures_stay()
    {
        var shard = With("ann");
        shard.Track("ann");
        shard.Switch(Plan() with { Version = 2, Metrics = [new("signup", MetricKind.Conversion, Active: false), new("revenue", MetricKind.Value)] });
        Assert.Equal(EventVerdict.Ignored, shard.Track("ann"));
        Assert.Equal(EventVerdict.Ignored, shard.Track("ann", metric: 2));
        Assert.Equal(1, StatisticsOf(shard, 0, Signup).Conversions);
    }

    [Fact]
    public void A_metric_that_is_added_counts_everybody_who_is_there_as_0()
    {
        var shard = With("ann", "bob");
        shard.Track("ann");
        shard.Track("bob", Revenue, 5);
        shard.Switch(Plan() with { Version = 2, Metrics = [.. Plan().Metrics, new("visits", MetricKind.Count), new("error", MetricKind.Conversion)] });
        Assert.Equal(EventVerdict.Counted, shard.Track("bob", metric: 2, value: 4));
        Assert.Equal(EventVerdict.Counted, shard.Track("ann", metric: 3));
        Assert.Equal([1, 1, 1, 1], Enumerable.Range(0, 4).Select(m => StatisticsOf(shard, 0, m).Converted));
        Assert.Equal(new Moments(2, 2, 8), StatisticsOf(shard, 0, 2).Moments);
        Assert.Equal(5, shard.Describe("bob")!.Totals[Revenue].Total);
    }

    [Theory]
    [InlineData(Signup, double.NaN)]
    [InlineData(Signup, -1)]
    [InlineData(Signup, 1e141)]
    [InlineData(Revenue, double.NegativeInfinity)]
    [InlineData(Revenue, -1e141)]
    public void Values_that_would_poison_the_statistics_change_nothing(int metric, double value)
    {
        var shard = With("ann");
        shard.Track("ann", Revenue, 9e139);
        var before = Bits(shard.Shard);
        Assert.Equal(EventVerdict.OutOfRange, shard.Track("ann", metric, value));
        Assert.Equal(EventVerdict.OutOfRange, shard.Track("ann", Revenue, 9e139));
        Assert.Equal(before, Bits(shard.Shard));
    }

    [Fact]
    public void Forced_people_are_shown_and_never_counted_until_cleared()
    {
        var shard = With("ann");
        shard.Track("ann");
        shard.Force("ann", 1);
        shard.Force("new", 1);
        Assert.Equal(EventVerdict.Ignored, shard.Track("ann"));
        Assert.Equal(EventVerdict.Ignored, shard.Track("new"));
        Assert.Equal(EventVerdict.Ignored, shard.Expose("new", 0));
        Assert.Equal(1, shard.Assign("new").Alternative);
        Assert.Equal(1, shard.Shard.Participants);
        shard.Force("ann", -1);
        Assert.Equal(EventVerdict.Counted, shard.Track("ann"));
        Assert.Equal(2, StatisticsOf(shard, 0, Signup).Conversions);
        Assert.Equal(0, shard.Assign("ann").Alternative);
    }

    [Fact]
    public void Forcing_what_is_forced_already_writes_nothing()
    {
        var shard = With("ann");
        shard.Force("ann", 1);
        var entries = shard.Journal.Count;
        shard.Force("ann", 1);
        shard.Force("bob", -1);
        Assert.Equal(entries, shard.Journal.Count);
    }

    private static ShardFixture With(params string[] people)
    {
        var shard = new ShardFixture();
        foreach (var person in people)
        {
            shard.Assign(person);
        }

        return shard;
    }

    private static MetricStatistics StatisticsOf(ShardFixture shard, int alternative, int metric)
        => ExperimentStatistics.Merge([shard.Shard.Statistics(Noon)]).Total[alternative].Metrics[metric];
}
