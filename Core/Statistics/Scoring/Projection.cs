using static System.FormattableString;

namespace Bandstand.Statistics.Scoring;

/// <summary>How many participants a verdict would take if the difference stays as it is: standard errors shrink with √n.</summary>
internal static class Projection
{
    private const double Most = 1e9;

    /// <summary>Further participants in all, or null where there is no difference to go by or the number says only "very many".</summary>
    /// <param name="arms">The alternatives.</param>
    /// <param name="have">Standard errors that the difference is now.</param>
    /// <param name="need">Standard errors that it must be.</param>
    public static long? More(IReadOnlyList<ArmData> arms, double have, double need)
    {
        var present = arms.Sum(arm => (double)arm.Participants);
        var times = need / have * (need / have);
        return have > 0 && times > 1 ? Round(present * (times - 1)) : null;
    }

    /// <summary>Further participants in all until each alternative has so many events, at the rate of events so far; null where one has none.</summary>
    /// <param name="arms">Of each: the events it has, and those it needs.</param>
    /// <param name="all">Participants of all alternatives.</param>
    public static long? MoreFor(IEnumerable<(long Events, long Needed)> arms, double all)
    {
        var more = arms.Select(arm => arm.Events >= arm.Needed ? 0 : arm.Events == 0 ? double.PositiveInfinity : (arm.Needed - arm.Events) * all / arm.Events).DefaultIfEmpty().Max();
        return more > 0 ? Round(more) : null;
    }

    /// <summary>The reason with a sentence on what it takes.</summary>
    /// <param name="reason">Why there is no verdict.</param>
    /// <param name="more">Further participants in all, or null.</param>
    /// <param name="perDay">New participants a day, or null.</param>
    public static MissingReason Tell(Unavailable reason, long? more, double? perDay)
    {
        if (more is not { } participants)
        {
            return Reasons.Tell(reason);
        }

        var days = participants / perDay;
        var text = Invariant($"{reason.Detail} If everything stays as it is, that takes about {participants} participants more")
            + (days is { } time ? Invariant($": {(time < 10 ? Math.Ceiling(10 * time) / 10 : Math.Ceiling(time))} days at the present {Math.Round(perDay!.Value)} a day.") : ".");
        return new MissingReason(reason.Code, text) { Participants = participants, Days = days };
    }

    /// <summary>Two digits, upwards: it is no better than that.</summary>
    private static long? Round(double participants)
    {
        if (!(participants <= Most))
        {
            return null;
        }

        var unit = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(participants)) - 1));
        return (long)(Math.Ceiling(participants / unit) * unit);
    }
}
