namespace Bandstand.Statistics.Scoring;

/// <summary>Says in coded claims, each with an English sentence, what a report means.</summary>
/// <remarks>Thread-safe: it holds no state.</remarks>
public static class Conclusion
{
    /// <summary>The claims of a report, in reading order.</summary>
    /// <param name="report">A report of <see cref="Scorer.Score"/>.</param>
    public static IReadOnlyList<Claim> Of(ScoreReport report) => report.Participants == 0
        ? [new Claim("no-participants", new ClaimArgs { Participants = 0 }, "Nobody takes part in this experiment yet.")]
        : [new Claim("participants", new ClaimArgs { Participants = report.Participants }, $"Participants: {report.Participants}.")];
}
