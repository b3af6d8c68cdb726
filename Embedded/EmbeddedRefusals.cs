using Bandstand.Ports;

namespace Bandstand.Embedded;

/// <summary>What the engine itself refuses, beside what Core's rules refuse.</summary>
internal static class EmbeddedRefusals
{
    public static Refusal Damaged(string experiment, string detail) => new(
        RefusalKind.Unavailable, "experiment-damaged", $"Experiment \"{experiment}\" is stopped because a stored row of it is not what was written: {detail} Restore the data folder from a backup, or delete the experiment. All other experiments go on.");

    /// <summary>The store's own words may name paths of this machine: they are for the log, and callers are told this.</summary>
    public static Refusal Unavailable(JournalUnavailableException error) => new(RefusalKind.Unavailable, error.Code, error.Code switch
    {
        "storage-full" => "There is no room left where the server keeps its data. Nothing was answered as done: make room, then send the same again.",
        "storage-closed" => "The store is being closed. Nothing was answered as done: send the same again when it is open.",
        _ => "What is needed cannot be stored or read now; the server's log says why. Nothing was answered as done: send the same again.",
    });

    public static Refusal NotCollecting { get; } = new(
        RefusalKind.Conflict, "not-collecting", "The server runs with --collect false: it assigns by hash and stores nothing, so nobody can be forced. Start it with --collect true.");
}
