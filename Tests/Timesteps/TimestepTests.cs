using System.Text.Json;
using Bandstand.Events;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Tests.Timesteps;

public sealed class TimestepTests
{
    private static readonly string[] Keys = ["a", "b"];

    [Fact]
    public void Batches_add_up()
    {
        var timestep = Folded(Folded(Timestep.Open(3, Keys), 1), 0.5);

        Assert.Equal((2, 1.5), (timestep.Observations.Rows, timestep.Observations.Alternatives[0].Targets.Sum));
    }

    [Fact]
    public void A_batch_that_was_counted_does_not_count_again()
    {
        var once = Folded(Timestep.Open(3, Keys), 1, new("p", 1));

        var again = once.Fold(Batch(1), new("p", 1)).Value;

        Assert.True(again.IsDuplicate);
        Assert.Same(once, again.State);
        Assert.False(once.Fold(Batch(1), new("p", 2)).Value.IsDuplicate);
        Assert.False(once.Fold(Batch(1), new("q", 1)).Value.IsDuplicate);
        Assert.False(once.Fold(Batch(1), null).Value.IsDuplicate);
    }

    [Fact]
    public void A_closed_timestep_takes_nothing_but_knows_what_it_counted()
    {
        var frozen = Folded(Timestep.Open(3, Keys), 1, new("p", 1)).Freeze();

        Assert.True(frozen.Fold(Batch(1), new("p", 1)).Value.IsDuplicate);
        Assert.Equal(TimestepBook.ClosedCode, frozen.Fold(Batch(1), new("p", 2)).Refusal!.Code);
        Assert.Equal(TimestepBook.ClosedCode, frozen.Fold(Batch(1), null).Refusal!.Code);
        Assert.Same(frozen, frozen.Freeze());
    }

    [Fact]
    public void Sequences_may_come_in_any_order_within_the_window_and_are_refused_beyond_it()
    {
        var timestep = Folded(Folded(Timestep.Open(3, Keys), 1, new("p", 2_000)), 1, new("p", 977));

        Assert.True(timestep.Fold(Batch(1), new("p", 977)).Value.IsDuplicate);
        Assert.Equal(("sequence-too-old", RefusalKind.Conflict), Codes(timestep.Fold(Batch(1), new("p", 976))));

        var later = Folded(timestep, 1, new("p", 2_001));
        Assert.Equal(("sequence-too-old", RefusalKind.Conflict), Codes(later.Fold(Batch(1), new("p", 977))));
    }

    [Fact]
    public void A_timestep_reads_back_from_JSON_as_it_was_written()
    {
        var timestep = Folded(Folded(Timestep.Open(3, Keys), 0.1f, new("p", 7)), 0.7f, new("q", 1)).Freeze();

        var read = JsonSerializer.Deserialize<Timestep>(JsonSerializer.Serialize(timestep))!;

        Assert.Equal(timestep.Observations.Alternatives, read.Observations.Alternatives);
        Assert.Equal(JsonSerializer.Serialize(timestep), JsonSerializer.Serialize(read));
        Assert.True(read.Fold(Batch(1), new("p", 7)).Value.IsDuplicate);
    }

    [Fact]
    public void Observations_of_other_alternatives_do_not_add_up() =>
        Assert.Throws<ArgumentException>(() => Timestep.Open(3, ["b", "a"]).Fold(Batch(1), null));

    private static (string, RefusalKind) Codes(Answer<TimestepFold> answer) => (answer.Refusal!.Code, answer.Refusal.Kind);

    private static Timestep Folded(Timestep timestep, double target, ProducerSequence? producer = null) =>
        timestep.Fold(Batch(target), producer).Value.State;

    private static TimestepObservations Batch(double target)
    {
        var fold = new ObservationFold(new AlternativeKeys(Keys));
        fold.Add("a", target, 1);
        return fold.ToObservations();
    }
}
