using Bandstand.Ports;

namespace Bandstand.Server;

/// <summary>
/// Logs what the engine tells of failures. A store that fails, fails everybody: one line a second says so, however many
/// callers were refused.
/// </summary>
/// <remarks>Thread-safe. Silent until it is given a logger: what fails before that ends the start with its own message.</remarks>
internal sealed partial class FailureLog(TimeProvider clock)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly Lock turn = new();
    private long? spokeAt;
    private int unsaid;

    /// <summary>Where to write.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>Logs a failure, or counts it when another was logged just before.</summary>
    public void Report(Exception error)
    {
        if (Logger is not { } logger)
        {
            return;
        }

        if (error is not JournalUnavailableException unavailable)
        {
            LogFailed(logger, error);
            return;
        }

        int others;
        lock (turn)
        {
            if (spokeAt is { } before && clock.GetElapsedTime(before) < Quiet)
            {
                unsaid++;
                return;
            }

            (spokeAt, others, unsaid) = (clock.GetTimestamp(), unsaid, 0);
        }

        LogUnavailable(logger, unavailable.Code, unavailable.Message, others);
    }

    [LoggerMessage(1, LogLevel.Error, "{Code}: {Reason} So it went {Others} other times since the last such line.")]
    private static partial void LogUnavailable(ILogger logger, string code, string reason, int others);

    [LoggerMessage(2, LogLevel.Error, "Something that was due by the clock failed; it is tried again with the next tick.")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
