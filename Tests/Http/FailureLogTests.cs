using Bandstand.Api;
using Bandstand.Ports;

namespace Bandstand.Tests.Http;

public sealed class FailureLogTests
{
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_store_that_refuses_everybody_is_logged_once_a_second_with_its_own_words()
    {
        using var lines = new LogLines();
        var log = new FailureLog(clock);
        log.Begin(lines);

        for (var caller = 0; caller < 20; caller++)
        {
            log.Report(new JournalUnavailableException("storage-full", "There is no room left in /srv/data."));
        }

        clock.Advance(TimeSpan.FromSeconds(2));
        log.Report(new JournalUnavailableException("storage-full", "There is no room left in /srv/data."));

        Assert.Equal(2, lines.Lines.Count);
        Assert.Contains("storage-full: There is no room left in /srv/data. So it went 0 other times", lines.Lines[0], StringComparison.Ordinal);
        Assert.Contains("So it went 19 other times", lines.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_else_fails_is_logged_each_time_with_its_cause()
    {
        using var lines = new LogLines();
        var log = new FailureLog(clock);
        log.Begin(lines);

        log.Report(new InvalidOperationException("the first cause"));
        log.Report(new InvalidOperationException("the second cause"));

        Assert.Equal(["the first cause", "the second cause"], lines.Lines.Select(line => line.Split("Exception: ")[1].TrimEnd()));
    }

    [Fact]
    public void What_failed_before_there_was_a_log_is_written_when_there_is_one()
    {
        using var lines = new LogLines();
        var log = new FailureLog(clock);

        log.Report(new JournalDamagedException(new ActorKey(ActorKind.Experiment, "price", 0, 0), "Row 3 is damaged.", new IOException("a bad page")));
        log.Report(new JournalDamagedException(new ActorKey(ActorKind.Experiment, "colour", 0, 0), "Row 7 is damaged."));
        log.Begin(lines);
        log.Begin(lines);

        Assert.Collection(
            lines.Lines,
            line => Assert.Matches("experiment-damaged: Row 3 is damaged. .*a bad page", line),
            line => Assert.Contains("experiment-damaged: Row 7 is damaged.", line, StringComparison.Ordinal));
    }
}
