using Bandstand.Ports;
using Microsoft.Extensions.Logging;

namespace Bandstand.Api;

/// <summary>
/// Logs what an engine or a silo tells of failures, in the store's own words, which callers are not told. A store that fails,
/// fails everybody: one line a second says so, however many callers were refused.
/// </summary>
/// <remarks>Thread-safe. What is reported before there is a logger is kept for it.</remarks>
/// <param name="clock">Tells when a second is over.</param>
public sealed partial class FailureLog(TimeProvider clock)
{
    private const int MostKept = 1_000;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly Lock turn = new();
    private readonly List<Exception> kept = [];
    private ILogger? logger;
    private long? spokeAt;
    private int unsaid;

    /// <summary>Begins to write, at once what was kept until now.</summary>
    /// <param name="to">Where to.</param>
    public void Begin(ILogger to)
    {
        List<Exception> waiting;
        lock (turn)
        {
            logger = to;
            waiting = [.. kept];
            kept.Clear();
        }

        waiting.ForEach(error => Write(to, error, 0));
    }

    /// <summary>Logs a failure, or counts it when another was logged just before.</summary>
    /// <param name="error">What failed.</param>
    public void Report(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        ILogger to;
        var others = 0;
        lock (turn)
        {
            if (logger is null)
            {
                if (kept.Count < MostKept)
                {
                    kept.Add(error);
                }

                return;
            }

            to = logger;
            if (IsOfStore(error))
            {
                if (spokeAt is { } before && clock.GetElapsedTime(before) < Quiet)
                {
                    unsaid++;
                    return;
                }

                (spokeAt, others, unsaid) = (clock.GetTimestamp(), unsaid, 0);
            }
        }

        Write(to, error, others);
    }

    private static bool IsOfStore(Exception error) => error is JournalUnavailableException or JournalDamagedException;

    private static void Write(ILogger to, Exception error, int others)
    {
        if (IsOfStore(error))
        {
            LogStore(to, error.InnerException, (error as JournalUnavailableException)?.Code ?? "experiment-damaged", error.Message, others);
        }
        else
        {
            LogFailed(to, error);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Code}: {Reason} So it went {Others} other times since the last such line.")]
    private static partial void LogStore(ILogger logger, Exception? cause, string code, string reason, int others);

    [LoggerMessage(2, LogLevel.Error, "Something that was due by the clock failed; it is tried again with the next tick.")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
