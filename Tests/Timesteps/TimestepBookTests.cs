using System.Text.Json;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Tests.Timesteps;

public sealed class TimestepBookTests
{
    private static readonly string[] Keys = ["a", "b"];
    private static readonly ClassicTimestepPolicy Policy = new();

    [Fact]
    public void Before_the_first_timestep_the_default_leads()
    {
        var book = TimestepBook.Open("b");

        Assert.Equal(("b", 0), (book.Winner, book.Next));
        Assert.Empty(book.List(-1, Keys));
    }

    [Fact]
    public void Closing_decides_and_applying_makes_it_so()
    {
        var book = TimestepBook.Open("a");

        var closed = book.Close(0, BWins, Policy, Keys).Value;

        Assert.Equal(("b", true), (closed.Winner, closed.Changed));
        Assert.Equal("a", book.Winner);
        Assert.Equal(("b", 1), (book.Apply(closed).Winner, book.Apply(closed).Next));
    }

    [Fact]
    public void Closing_again_answers_the_same_whatever_is_observed_by_then()
    {
        var book = TimestepBook.Open("a");
        var closed = book.Close(0, BWins, Policy, Keys).Value;
        book = Closed(book.Apply(closed), 1, null);

        Assert.Same(closed, book.Close(0, null, Policy, Keys).Value);
        Assert.Same(book, book.Apply(closed));
    }

    [Fact]
    public void Closing_passes_what_was_skipped_as_missing()
    {
        var book = Closed(Closed(TimestepBook.Open("a"), 2, BWins), 5, null);

        var list = book.List(-1, Keys).ToArray();

        Assert.Equal([0, 1, 2, 3, 4, 5], list.Select(x => x.Timestep));
        Assert.Equal(["a", "a", "b", "b", "b", "b"], list.Select(x => x.Winner));
        Assert.All(list.Where(x => x.Timestep is not 2), x => Assert.Equal(TimestepStatus.MissingFile, x.Status));
        Assert.Equal([4, 5], book.List(3, Keys).Select(x => x.Timestep));
        Assert.Equal([3, 4, 5], book.List(2, Keys).Select(x => x.Timestep));
    }

    [Fact]
    public void A_passed_timestep_cannot_be_closed_any_more()
    {
        var book = Closed(TimestepBook.Open("a"), 2, BWins);

        var answer = book.Close(1, BWins, Policy, Keys);

        Assert.Equal((RefusalKind.Conflict, TimestepBook.ClosedCode), (answer.Refusal!.Kind, answer.Refusal.Code));
    }

    [Fact]
    public void Observations_are_refused_up_to_the_last_close()
    {
        var book = Closed(TimestepBook.Open("a"), 2, BWins);

        Assert.All(new[] { 0, 1, 2 }, x => Assert.Equal(TimestepBook.ClosedCode, book.RefuseObservations(x)!.Code));
        Assert.Null(book.RefuseObservations(3));
        Assert.Null(book.RefuseObservations(100_000));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Numbers_out_of_range_are_invalid(int timestep)
    {
        var book = TimestepBook.Open("a");

        Assert.Equal(RefusalKind.Invalid, book.RefuseObservations(timestep)!.Kind);
        Assert.Equal(RefusalKind.Invalid, book.Close(timestep, null, Policy, Keys).Refusal!.Kind);
    }

    [Fact]
    public void A_book_reads_back_from_JSON_as_it_was_written()
    {
        var book = Closed(Closed(TimestepBook.Open("a"), 2, BWins), 5, null);

        var read = JsonSerializer.Deserialize<TimestepBook>(JsonSerializer.Serialize(book))!;

        Assert.Equal((book.Winner, book.Next), (read.Winner, read.Next));
        Assert.Equal(JsonSerializer.Serialize(book.List(-1, Keys)), JsonSerializer.Serialize(read.List(-1, Keys)));
    }

    private static TimestepBook Closed(TimestepBook book, int timestep, TimestepObservations? observations) =>
        book.Apply(book.Close(timestep, observations, Policy, Keys).Value);

    private static TimestepObservations BWins
    {
        get
        {
            var fold = new ObservationFold(new AlternativeKeys(Keys));
            for (var i = 0; i < 200; i++)
            {
                fold.Add(i % 2 == 0 ? "a" : "b", i % 20 is 0 or 1 or 3 or 5 ? 1 : 0, i);
            }

            return fold.ToObservations();
        }
    }
}
