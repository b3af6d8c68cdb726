using Bandstand.Participants;
using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

public class HistoryTests
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;

    // 2 February 2026, 02:00 UTC begins the hour of Noon; the day begins at 00:00.
    private const long ThisHour = Noon - (Noon % Hour);
    private const long Today = Noon - (Noon % Day);

    [Fact]
    public void Hours_and_days_say_who_came_and_what_they_did_by_event_time()
    {
        var shard = new ShardFixture();
        shard.Assign("ann", bucket: 0, at: Noon);
        shard.Assign("bob", bucket: 9_999, at: Noon);
        shard.Track("ann", 0, 2, at: Noon + Hour);
        shard.Track("ann", 0, 1, at: Noon + (2 * Hour));
        shard.Track("ann", 1, 9.5, at: Noon + Hour);
        shard.Track("ann", 1, 3, at: Noon + Hour);
        var history = shard.Shard.History();

        Assert.Equal([(ThisHour, 0, 1L), (ThisHour, 1, 1L), (ThisHour + Hour, 0, 0L), (ThisHour + (2 * Hour), 0, 0L)], history.Hours.Select(h => (h.FromMs, h.Alternative, h.Participants)));
        Assert.Equal([new HistoryGain(1, 2, 2), new HistoryGain(1, 2, 12.5)], history.Hours[2].Metrics);
        Assert.Equal([new HistoryGain(0, 1, 1), default], history.Hours[3].Metrics);
        Assert.Equal([(Today, 0, 1L), (Today, 1, 1L)], history.Days.Select(d => (d.FromMs, d.Alternative, d.Participants)));
        Assert.Equal([new HistoryGain(1, 3, 3), new HistoryGain(1, 2, 12.5)], history.Days[0].Metrics);
    }

    [Fact]
    public void Hours_are_kept_for_14_days_and_days_for_life()
    {
        var shard = new ShardFixture();
        for (var day = 0; day < 40; day++)
        {
            shard.Assign($"p{day}", at: Noon + (day * Day));
        }

        var history = shard.Shard.History();
        Assert.Equal(40, history.Days.Count);
        Assert.Equal(14, history.Hours.Count);
        Assert.Equal(ThisHour + (26 * Day), history.Hours[0].FromMs);

        // Too late for its hour, but not for its day.
        shard.Expose("late", 0, at: Noon + (10 * Day), now: Noon + (40 * Day));
        Assert.Equal(14, shard.Shard.History().Hours.Count);
        Assert.Equal(2, shard.Shard.History().Days[10].Participants);
    }

    [Fact]
    public void Events_of_any_order_give_the_same_history()
    {
        var (one, other) = (new ShardFixture(), new ShardFixture());
        var times = Enumerable.Range(0, 300).Select(i => Noon + (i * 7_919_000L % (20 * Day))).ToArray();
        var newest = times.Max();
        foreach (var (time, i) in times.Select((t, i) => (t, i)).OrderBy(x => x.t))
        {
            one.Assign($"p{i}", at: time);
        }

        foreach (var (time, i) in times.Select((t, i) => (t, i)).OrderBy(x => x.t == newest ? 0 : 1))
        {
            other.Assign($"p{i}", at: time);
        }

        Assert.Equal(Text(one.Shard.History()), Text(other.Shard.History()));
    }

    [Fact]
    public void Days_older_than_ten_years_count_in_the_oldest_that_is_kept()
    {
        var shard = new ShardFixture();
        shard.Assign("now", at: Noon);
        shard.Expose("past", 0, at: 1_000, now: Noon);
        shard.Expose("past too", 0, at: Day * 10, now: Noon);
        var days = shard.Shard.History().Days;
        Assert.Equal([(Today - (3_659 * Day), 2L), (Today, 1L)], days.Select(d => (d.FromMs, d.Participants)));
    }

    [Fact]
    public void Shards_add_up()
    {
        var (one, other) = (new ShardFixture(), new ShardFixture());
        one.Assign("ann");
        one.Track("ann", 0, 2);
        other.Assign("bob");
        other.Assign("cid", at: Noon + Day);
        other.Track("bob", 1, 3);
        var history = ShardHistory.Merge([one.Shard.History(), other.Shard.History()]);
        Assert.Equal([(Today, 2L), (Today + Day, 1L)], history.Days.Select(d => (d.FromMs, d.Participants)));
        Assert.Equal([new HistoryGain(1, 2, 2), new HistoryGain(1, 1, 3)], history.Days[0].Metrics);
        Assert.Equal(2, history.Hours.Count);
    }

    private static string Text(ShardHistory history)
        => string.Join('\n', history.Hours.Concat(history.Days).Select(c => $"{c.FromMs} {c.Alternative} {c.Participants} {string.Join(' ', c.Metrics)}"));
}
