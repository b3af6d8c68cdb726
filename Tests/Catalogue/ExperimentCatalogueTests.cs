using Bandstand.Catalogue;
using Bandstand.Experiments;
using Bandstand.Tests.Experiments;

namespace Bandstand.Tests.Catalogue;

public class ExperimentCatalogueTests
{
    [Fact]
    public void A_metric_feeds_every_running_experiment_that_has_it()
    {
        var catalogue = ExperimentCatalogue.Of([Entry("price"), Entry("banner", new ExperimentCommand.Disable()), Entry("colour")]);
        Assert.Equal(["banner", "colour", "price"], catalogue.Metrics["signup"]);
        Assert.Equal(["banner", "colour", "price"], catalogue.Routes.Targets.Select(t => t.Experiment));
        Assert.Equal([false, true, true], catalogue.Routes.Targets.Select(t => t.Running));
        Assert.Equal([1, 2], catalogue.Routes.RoutesOf("signup"u8).ToArray().Select(r => r.Target));
        Assert.True(catalogue.Routes.RoutesOf("other"u8).IsEmpty);
        Assert.Equal(3, catalogue.Version);
    }

    [Fact]
    public void The_newest_state_wins_in_whatever_order_it_arrives()
    {
        var (running, disabled) = (Entry("price"), Entry("price", new ExperimentCommand.Disable()));
        var forward = ExperimentCatalogue.Empty.With(running).With(disabled);
        var backward = ExperimentCatalogue.Empty.With(disabled).With(running);
        Assert.Equal(ExperimentStatus.Disabled, forward.Find("price")!.Status);
        Assert.Equal(ExperimentStatus.Disabled, backward.Find("price")!.Status);
        Assert.Equal((2L, 1L), (forward.Version, backward.Version));
        Assert.Same(forward, forward.With(disabled));
    }

    [Fact]
    public void What_was_deleted_does_not_come_back_with_a_straggler()
    {
        var gone = ExperimentCatalogue.Empty.With(Entry("price")).With(Entry("price", new ExperimentCommand.Delete()));
        Assert.Null(gone.Find("price"));
        Assert.Null(gone.With(Entry("price")).Find("price"));
        Assert.Empty(gone.Routes.Targets);
        Assert.Empty(gone.Entries);
        Assert.NotNull(gone.With(Entry("price", new ExperimentCommand.Delete(), new ExperimentCommand.Put(Scenario.Define(Scenario.TwoArms)))).Find("price"));
    }

    [Fact]
    public void It_is_listed_by_id_in_pages()
    {
        var catalogue = ExperimentCatalogue.Of(new[] { "b", "a_", "a-", "c", "a" }.Select(id => Entry(id)));
        var first = catalogue.List(null, 2);
        Assert.Equal(["a", "a-"], first.Items.Select(e => e.Id));
        Assert.Equal("a-", first.Next);
        var second = catalogue.List(first.Next, 3);
        Assert.Equal(["a_", "b", "c"], second.Items.Select(e => e.Id));
        Assert.Null(second.Next);
    }

    [Fact]
    public void Timesteps_by_number_take_observations_and_those_by_period_do_not()
    {
        const string byNumber = """{"allocation":{"policy":"timestep"}}""";
        Assert.True(Route(byNumber));
        Assert.False(Route("""{"allocation":{"policy":"timestep","period":"P1D"}}"""));
        Assert.False(Route(Scenario.TwoArms));
    }

    private static bool Route(string definition) => CatalogueEntry.Of("price", Scenario.Given(definition).State).Route!.TakesObservations;

    private static CatalogueEntry Entry(string id, params ExperimentCommand[] commands) => CatalogueEntry.Of(id, Scenario.Given(Scenario.TwoArms, commands).State);
}
