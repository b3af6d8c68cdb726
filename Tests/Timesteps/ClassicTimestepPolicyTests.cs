using System.Text.Json;
using Bandstand.Timesteps;

namespace Bandstand.Tests.Timesteps;

public sealed class ClassicTimestepPolicyTests
{
    private static readonly string[] Keys = ["red", "blue"];

    [Fact]
    public void The_larger_mean_wins_where_p_is_at_most_alpha()
    {
        var result = Decide(Sample((90, 910), (120, 880)), "red");

        Assert.Equal(TimestepStatus.Ok, result.Status);
        Assert.True(result.PValue < 0.05);
        Assert.True(result.T < 0);
        Assert.Equal(("blue", true, true), (result.Winner, result.Changed, result.Significant));
    }

    [Fact]
    public void A_winner_that_wins_again_has_not_changed()
    {
        var result = Decide(Sample((90, 910), (120, 880)), "blue");

        Assert.Equal(("blue", false, true), (result.Winner, result.Changed, result.Significant));
    }

    [Fact]
    public void Without_significance_the_winner_stays()
    {
        var result = Decide(Sample((10, 90), (11, 89)), "red");

        Assert.True(result.PValue > 0.05);
        Assert.Equal(("red", false, false), (result.Winner, result.Changed, result.Significant));
    }

    [Fact]
    public void The_multiplier_is_what_makes_this_significant()
    {
        var sample = Sample((20, 180), (35, 165));

        Assert.True(Decide(sample, "red").Changed);
        Assert.False(Decide(Sample((10, 90), (16, 84)), "red", new ClassicTimestepPolicy(CountMultiplier: 1)).Changed);
        Assert.Equal((5 * 400) - 2, Decide(sample, "red").Df);
        Assert.Equal(200, Decide(sample, "red").Alternatives[0].N);
    }

    [Fact]
    public void Swapping_the_alternatives_turns_the_sign_and_nothing_else()
    {
        foreach (var test in Enum.GetValues<TimestepTest>())
        {
            var policy = new ClassicTimestepPolicy(Test: test);
            var there = Decide(Sample((13, 187), (40, 260)), "red", policy);
            var back = Decide(Sample((40, 260), (13, 187)), "blue", policy);

            Assert.Equal(there.T, -back.T);
            Assert.Equal(there.PValue, back.PValue);
            Assert.Equal(there.Changed, back.Changed);
        }
    }

    [Fact]
    public void Where_lower_is_better_the_smaller_mean_wins()
    {
        var sample = Sample((90, 910), (120, 880));

        Assert.Equal("blue", Decide(sample, "red").Winner);
        Assert.Equal("red", Decide(sample, "blue", new ClassicTimestepPolicy(LowerIsBetter: true)).Winner);
    }

    [Fact]
    public void Students_and_Welchs_test_agree_with_published_figures()
    {
        // Welch's t test of A1 and A2, example 1 of "Student's t-test" (Wikipedia, revision of 2024): two samples of six.
        double[] a1 = [30.02, 29.99, 30.11, 29.97, 30.01, 29.99];
        double[] a2 = [29.89, 29.93, 29.72, 29.98, 30.02, 29.98];
        var fold = new ObservationFold(new AlternativeKeys(Keys), singlePrecision: false);
        Assert.All(a1, x => Assert.True(fold.Add("red", x, 1)));
        Assert.All(a2, x => Assert.True(fold.Add("blue", x, 1)));

        var welch = Decide(fold.ToObservations(), "blue", new ClassicTimestepPolicy(Test: TimestepTest.Welch, CountMultiplier: 1));
        var student = Decide(fold.ToObservations(), "blue", new ClassicTimestepPolicy(CountMultiplier: 1));

        Assert.Equal((1.959, 7.031, 0.09077), (Math.Round(welch.T!.Value, 3), Math.Round(welch.Df!.Value, 3), Math.Round(welch.PValue!.Value, 5)));
        Assert.Equal((1.959, 10, 0.07857), (Math.Round(student.T!.Value, 3), student.Df!.Value, Math.Round(student.PValue!.Value, 5)));
    }

    [Fact]
    public void Nothing_observed_and_nothing_readable_are_told_apart()
    {
        var never = Decide(null, "blue");
        var empty = Decide(Sample((0, 0), (0, 0)), "blue");

        Assert.Equal((TimestepStatus.MissingFile, "blue"), (never.Status, never.Winner));
        Assert.Equal(TimestepStatus.Empty, empty.Status);
        Assert.Null(empty.PValue);
        Assert.Null(empty.Alternatives[0].Mean);
    }

    [Fact]
    public void One_alternative_alone_is_not_tested()
    {
        var result = Decide(Sample((3, 4), (0, 0)), "blue");

        Assert.Equal((TimestepStatus.OneBanner, "blue"), (result.Status, result.Winner));
        Assert.Contains("'red'", result.Detail, StringComparison.Ordinal);
        Assert.Equal(3.0 / 7, result.Alternatives[0].Mean);
    }

    [Fact]
    public void One_target_or_none_has_no_deviation()
    {
        Assert.Equal(TimestepStatus.DeviationUndefined, Decide(Sample((3, 4), (1, 0)), "red").Status);

        var fold = new ObservationFold(new AlternativeKeys(Keys));
        Assert.True(fold.Add("red", 1, 1) && fold.Add("red", 0, 2) && fold.Add("blue", null, 3));
        Assert.Equal(TimestepStatus.DeviationUndefined, Decide(fold.ToObservations(), "red").Status);
    }

    [Fact]
    public void Counts_that_are_less_than_two_after_the_multiplication_are_not_tested()
    {
        var policy = new ClassicTimestepPolicy(CountMultiplier: 0.25);

        Assert.Equal(TimestepStatus.DeviationUndefined, Decide(Sample((3, 4), (30, 40)), "red", policy).Status);
        Assert.Equal(TimestepStatus.Ok, Decide(Sample((4, 4), (30, 40)), "red", policy).Status);
    }

    [Fact]
    public void Without_any_variance_equal_means_decide_nothing_and_others_everything()
    {
        Assert.Equal((TimestepStatus.ZeroVariance, "red"), (Decide(Sample((0, 5), (0, 7)), "red").Status, Decide(Sample((0, 5), (0, 7)), "red").Winner));

        var unequal = Decide(Sample((0, 5), (7, 0)), "red");
        Assert.Equal((TimestepStatus.ZeroVarianceUnequal, "blue", 0.0), (unequal.Status, unequal.Winner, unequal.PValue));
        Assert.Null(unequal.T);
        Assert.Equal(58, unequal.Df);
        Assert.Null(Decide(Sample((0, 5), (7, 0)), "red", new ClassicTimestepPolicy(Test: TimestepTest.Welch)).Df);
    }

    [Fact]
    public void A_banner_nobody_expected_stops_the_test()
    {
        var fold = new ObservationFold(new AlternativeKeys(["0", "1"]));
        foreach (var banner in new[] { "0", "0", "1", "1", "2" })
        {
            Assert.True(fold.Add(banner, fold.ToObservations().Rows % 2, 1));
        }

        var result = new ClassicTimestepPolicy().Decide(3, "0", fold.ToObservations(), ["0", "1"]);

        Assert.Equal((TimestepStatus.UnexpectedBanner, "0"), (result.Status, result.Winner));
        Assert.Contains("'2'", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void Alpha_outside_its_range_is_refused(double alpha)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassicTimestepPolicy(alpha));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassicTimestepPolicy() with { Alpha = alpha });
    }

    [Fact]
    public void Three_alternatives_are_refused() =>
        Assert.Throws<ArgumentException>(() => new ClassicTimestepPolicy().Decide(0, "a", null, ["a", "b", "c"]));

    [Fact]
    public void Results_have_the_names_of_the_wire_and_read_back_the_same()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        var result = Decide(Sample((0, 5), (7, 0)), "red");

        var json = JsonSerializer.Serialize(result, options);

        Assert.StartsWith("{\"timestep\":7,\"winner\":\"blue\",\"changed\":true,\"status\":\"zero_variance_unequal\",\"t\":null,\"df\":58,\"pValue\":0,", json, StringComparison.Ordinal);
        Assert.Contains("\"alternatives\":[{\"alternative\":\"red\",\"n\":5,\"mean\":0,\"stdDev\":0}", json, StringComparison.Ordinal);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<TimestepResult>(json, options), options));
        Assert.All(Enum.GetValues<TimestepStatus>(), x => Assert.Equal($"\"{x.Name()}\"", JsonSerializer.Serialize(x)));
    }

    private static TimestepResult Decide(TimestepObservations? observations, string winner, ClassicTimestepPolicy? policy = null) =>
        (policy ?? new ClassicTimestepPolicy()).Decide(7, winner, observations, Keys);

    private static TimestepObservations Sample((int Ones, int Zeros) red, (int Ones, int Zeros) blue)
    {
        var fold = new ObservationFold(new AlternativeKeys(Keys));
        foreach (var (key, (ones, zeros)) in new[] { ("red", red), ("blue", blue) })
        {
            for (var i = 0; i < ones + zeros; i++)
            {
                Assert.True(fold.Add(key, i < ones ? 1 : 0, i));
            }
        }

        return fold.ToObservations();
    }
}
