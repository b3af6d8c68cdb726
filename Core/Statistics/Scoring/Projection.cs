using static System.FormattableString;

namespace Bandstand.Statistics.Scoring;

/// <summary>How many participants a verdict would take if the difference stays as it is: standard errors shrink with √n.</summary>
internal static class Projection
{
    private const double Most = 1e9;

    /// <summary>A sentence to append, or nothing where there is no difference to go by or the number says only "very many".</summary>
    /// <param name="arms">The alternatives.</param>
    /// <param name="have">Standard errors that the difference is now.</param>
    /// <param name="need">Standard errors that it must be.</param>
    public static string Of(IReadOnlyList<ArmData> arms, double have, double need)
    {
        var participants = arms.Sum(arm => (double)arm.Participants) * (need / have) * (need / have);
        if (!(have > 0 && participants <= Most))
        {
            return string.Empty;
        }

        // Two digits: it is no better than that.
        var unit = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(participants)) - 1));
        return Invariant($" If the difference stays as it is, that takes about {Math.Ceiling(participants / unit) * unit} participants in all.");
    }
}
