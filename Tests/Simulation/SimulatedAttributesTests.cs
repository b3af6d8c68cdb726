using System.Globalization;
using System.Text;
using Bandstand.Simulation;

namespace Bandstand.Tests.Simulation;

public class SimulatedAttributesTests
{
    private const string TwoCountries = """ "attributes": {"country": {"de": 5, "fr": 4, "at": 1}}, """;
    private const string Opposite = """, "by": {"country": {"de": {"rates": {"b": 0.14}}, "fr": {"rates": {"a": 0.14}}}}""";

    [Fact]
    public void People_have_values_in_proportion_to_their_shares_and_do_what_their_kind_does()
    {
        var scenario = Scenario(
            """ "attributes": {"country": {"de": 3, "fr": 1}, "age": {"30": 0.5, "60": 0.5}}, """,
            """, "by": {"country": {"fr": {"rates": {"a": 0.2}}}, "age": {"60": {"times": {"b": 2}}}}""");
        var world = new SimulatedWorld(scenario, "w");
        var people = world.People().ToList();

        Assert.Equal(4, scenario.Kinds.Count);
        Assert.Equal("""{"country":"fr","age":60}""", scenario.Kinds.JsonOf(3)!.Value.GetRawText());
        Assert.Equal([0.375, 0.125, 0.375, 0.125], Enumerable.Range(0, 4).Select(scenario.Kinds.ShareOf));
        foreach (var (kind, a, b) in new[] { (0, 0.1, 0.1), (1, 0.2, 0.1), (2, 0.1, 0.2), (3, 0.2, 0.2) })
        {
            var own = people.Where(p => p.Kind == kind).ToList();
            InBand(own.Count, people.Count, scenario.Kinds.ShareOf(kind));
            InBand(own.Count(p => world.Outcome(p, 0, 0).Converted), own.Count, a);
            InBand(own.Count(p => world.Outcome(p, 0, 1).Converted), own.Count, b);
            Assert.Equal(Math.Max(a, b) - a, world.Lost(own[0], 0), 1e-12);
            Assert.Equal(Math.Max(a, b) - b, world.Lost(own[0], 1), 1e-12);
        }

        Assert.Equal((0.75 * 0.1) + (0.25 * 0.2), world.Expected(0, 0), 1e-12);
        Assert.Equal(0.15, world.Expected(1, 0), 1e-12);
    }

    [Fact]
    public void A_bandit_by_country_beats_one_for_all_where_countries_disagree()
    {
        var scenario = Scenario(TwoCountries, Opposite);
        var whole = Play("thompson:every=500", scenario);
        var byCountry = Play("thompson:every=500,by=country", scenario);

        // Whatever the common weights are, about 9 of 20 lose 4 points; weights of one's own lose them only while they learn.
        Assert.InRange(whole.Regret, 500, 760);
        Assert.InRange(byCountry.Regret, 10, 250);
        Assert.Equal(["de", "fr"], byCountry.Experiment.SegmentEpochs.Select(e => e.Segment!.Value).Order(StringComparer.Ordinal).Except(["at"]));
        var (german, french) = (byCountry.Segments[0], byCountry.Segments[1]);
        Assert.True(german.Weights[1] > 0.9 && french.Weights[0] > 0.9);
        Assert.Equal(byCountry.Regret, byCountry.Segments.Sum(s => s.Regret), 1e-6);
        Assert.Equal(byCountry.People, byCountry.Segments.Sum(s => s.People));
        Assert.Equal(byCountry.Segments.Zip([0.5, 0.4, 0.1], (s, share) => share * s.Weights[1]).Sum(), byCountry.WeightsByDay[1][^1], 1e-9);
    }

    [Fact]
    public void A_bot_among_the_people_is_shown_the_default_and_counts_for_nothing()
    {
        var run = Play("fixed", Scenario(""" "attributes": {"userAgent": {"Firefox": 0.8, "Examplebot/1.0": 0.2}}, """));

        InBand((int)run.Segments[0].People, 40_000, 0.8);
        Assert.Equal((0, run.People), (run.Segments[1].People, run.Segments[0].People));
    }

    [Fact]
    public void A_number_that_is_known_of_people_makes_a_covariate()
    {
        TimeSpan? Decided(string covariate)
        {
            var json = SimulatorTests.Json("""{"a": 0.5, "b": 0.53}""", """, "by": {"spend": {"1": {"times": 0.1}, "9": {"times": 1.8}}}""")
                .Replace("\"traffic\": {\"perDay\": 200}", """ "traffic": {"perDay": 2000}, "attributes": {"spend": {"1": 1, "9": 1}}""", StringComparison.Ordinal)
                .Replace("\"conversion\"", "\"conversion\"" + covariate, StringComparison.Ordinal);
            return Play("fixed", SimulationScenarioReader.Parse("x", Encoding.UTF8.GetBytes(json)).Value).DecidedAfter;
        }

        // What spending explains, most of the variance here, is noise without it.
        Assert.True(Decided(""", "covariate": "spend" """) < Decided(string.Empty));
    }

    [Fact]
    public void Who_is_known_by_nothing_does_what_they_did()
        => Assert.Equal(Play("thompson:every=500", Scenario()).RegretByDay, Play("thompson:every=500", Scenario(""" "attributes": {"country": {"de": 1}}, """)).RegretByDay);

    [Theory]
    [InlineData("{}", "", "$.attributes", null)]
    [InlineData("""{"country": {}}""", "", "$.attributes.country", "Nobody has a value")]
    [InlineData("""{"country": {"de": 0}}""", "", "$.attributes.country.de", "number over 0")]
    [InlineData("""{"country": {"": 1}}""", "", "$.attributes.country['']", "(none)")]
    [InlineData("""{"country": 3}""", "", "$.attributes.country", "Give an object")]
    [InlineData("""{"country": {"de": 1}}""", """{"contry": {"de": {"times": 2}}}""", "$.metrics.signup.by.contry", "use one of: 'country'")]
    [InlineData("""{"country": {"de": 1}}""", """{"country": {"fr": {"times": 2}}}""", "$.metrics.signup.by.country.fr", "use one of: 'de'")]
    [InlineData("""{"country": {"de": 1}}""", """{"country": {"de": {}}}""", "$.metrics.signup.by.country.de", "Nothing differs")]
    [InlineData("""{"country": {"de": 1}}""", """{"country": {"de": {"times": 11}}}""", "$.metrics.signup.by.country.de.times", "Use at most 10")]
    [InlineData("""{"country": {"de": 1}}""", """{"country": {"de": {"times": {"b": "x"}}}}""", "$.metrics.signup.by.country.de.times.b", "from 0 to 1000")]
    [InlineData("""{"country": {"de": 1}}""", """{"country": {"de": {"times": {"z": 1}}}}""", "$.metrics.signup.by.country.de.times.z", "There is no field 'z'")]
    [InlineData("""{"country": {"de": 1}}""", """{"country": {"de": {"values": {"mean": 2}}}}""", "$.metrics.signup.by.country.de.values", "conversion metric")]
    [InlineData("""{"country": {"de": 1}}""", """{"country": {"de": {"rates": {"b": 7}}}}""", "$.metrics.signup.by.country.de.rates.b", "from 0 to 1")]
    [InlineData("""{"country": {"de": 1}, "age": {"30": 1}}""", """{"country": {"de": {"rates": 0.1}}, "age": {"30": {"rates": 0.2}}}""", "$.metrics.signup.by.age", "Both 'country' and 'age'")]
    public void What_is_wrong_is_named_with_its_path_and_what_to_write(string attributes, string by, string path, string? says)
    {
        var json = Json($"\"attributes\": {attributes},", by.Length == 0 ? string.Empty : $", \"by\": {by}");
        var read = SimulationScenarioReader.Parse("x", Encoding.UTF8.GetBytes(json));

        Assert.Equal(says is null, !read.IsRefused);
        Assert.True(says is null || read.Refusal!.Errors.Any(e => e.Path == path && e.Detail.Contains(says, StringComparison.Ordinal)), read.Refusal?.Detail);
    }

    [Fact]
    public void A_bandit_by_what_nobody_has_is_refused()
    {
        Assert.Contains("which nobody has here", SimulatedPolicies.Parse(Scenario(), "thompson:by=country").Refusal!.Detail, StringComparison.Ordinal);
        Assert.Contains("more than 10000 combinations", SimulationScenarioReader.Parse("x", Encoding.UTF8.GetBytes(Json(
            $"\"attributes\": {{{string.Join(", ", Enumerable.Range(0, 3).Select(a => $"\"{a}\": {{{string.Join(", ", Enumerable.Range(0, 22).Select(v => $"\"{v}\": 1"))}}}"))}}},"))).Refusal!.Detail, StringComparison.Ordinal);
    }

    private static string Json(string attributes = "", string by = "")
        => SimulatorTests.Json("0.1", by, ", \"segments\": [\"country\"]").Replace("\"traffic\": {\"perDay\": 200},", $"\"traffic\": {{\"perDay\": 2000}}, {attributes}", StringComparison.Ordinal);

    private static SimulationScenario Scenario(string attributes = "", string by = "") => SimulationScenarioReader.Parse("x", Encoding.UTF8.GetBytes(Json(attributes, by))).Value;

    private static SimulationRun Play(string policy, SimulationScenario scenario)
        => new Simulator(scenario, SimulatedPolicies.Parse(scenario, policy).Value.Definition, "1/0").Run(TestContext.Current.CancellationToken);

    /// <summary>A count within four standard deviations of a share.</summary>
    private static void InBand(int count, int all, double share)
        => Assert.True(Math.Abs(count - (all * share)) < 4 * Math.Sqrt(all * share * (1 - share)), string.Create(CultureInfo.InvariantCulture, $"{count} of {all}, expected a share of {share}"));
}
