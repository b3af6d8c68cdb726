namespace Bandstand.Ports;

/// <summary>What every <see cref="IExperiments"/> refuses before it asks any actor, in the same words whoever the host is. Thread-safe.</summary>
public static class HostRefusals
{
    /// <summary>No experiment has this id.</summary>
    /// <param name="experiment">The id that was asked for.</param>
    public static Refusal NotFound(string experiment) => new(
        RefusalKind.NotFound, "experiment-not-found", $"No experiment has the id \"{experiment}\". Define it first or correct the id.");

    /// <summary>The experiment's timesteps are not fed by observations.</summary>
    /// <param name="experiment">Its id.</param>
    public static Refusal NoObservations(string experiment) => new(
        RefusalKind.Conflict, "no-observations", $"Experiment \"{experiment}\" takes no observations: only a timestep allocation without a period does. With a period the sample is what participants did.");

    /// <summary>The experiment does not run, so nothing is observed.</summary>
    /// <param name="experiment">Its id.</param>
    public static Refusal NotRunning(string experiment) => new(
        RefusalKind.Conflict, "not-running", $"Experiment \"{experiment}\" is not running, so it takes no observations. Start or enable it first.");

    /// <summary>A sequence is too far behind its producer's newest to tell whether it counted.</summary>
    /// <param name="producer">The producer's name.</param>
    /// <param name="sequence">What was sent.</param>
    public static Refusal SequenceTooOld(string producer, long sequence) => new(
        RefusalKind.Conflict, "sequence-too-old", $"Sequence {sequence} of producer \"{producer}\" is more than 1024 behind its newest, so it cannot be told whether it counted. Send it without a producer if it never did.");

    /// <summary>A page of a list is too short or too long.</summary>
    /// <param name="limit">What was asked for.</param>
    /// <returns>Why, or null: it can be answered.</returns>
    public static Refusal? Limit(int limit) => limit is >= 1 and <= 1000 ? null : new(
        RefusalKind.Invalid, "invalid-limit", $"The limit is {limit}; it must be 1 to 1000.");

    /// <summary>A range of days is turned round or too long.</summary>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <returns>Why, or null: it can be answered.</returns>
    public static Refusal? Days(DateOnly from, DateOnly to) => to >= from && to.DayNumber - from.DayNumber < 3660 ? null : new(
        RefusalKind.Invalid, "invalid-range", "\"from\" must not be after \"to\", and at most ten years (3660 days) are answered at once.");

    /// <summary>Nobody ever heard of a metric.</summary>
    /// <param name="metric">Its id.</param>
    public static Refusal MetricNotFound(string metric) => new(
        RefusalKind.NotFound, "metric-not-found", $"No experiment has the metric \"{metric}\" and no event of it ever came. GET /v1/metrics lists those there are.");

    /// <summary>Nothing is stored, so nobody can be forced.</summary>
    public static Refusal NotCollecting { get; } = new(
        RefusalKind.Conflict, "not-collecting", "The server runs with --collect false: it assigns by hash and stores nothing, so nobody can be forced. Start it with --collect true.");

    /// <summary>
    /// What an answer rests on cannot be stored or read. The store's own words may name paths and machines: they are for the
    /// log, and callers are told this.
    /// </summary>
    /// <param name="code">The code of the store's <see cref="JournalUnavailableException"/>.</param>
    public static Refusal Unavailable(string code) => new(RefusalKind.Unavailable, code, code switch
    {
        "storage-full" => "There is no room left where the server keeps its data. Nothing was answered as done: make room, then send the same again.",
        "storage-closed" => "The store is being closed. Nothing was answered as done: send the same again when it is open.",
        StoredReplay.Unreadable => "What is needed was written by another version of Bandstand and cannot be read by this one; the server's log says where it lies. Run the version that wrote it, or restore the data from a backup.",
        "fenced" or "dropped" => "What was asked moved to another owner meanwhile. Nothing was answered as done: send the same again.",
        _ => "What is needed cannot be stored or read now; the server's log says why. Nothing was answered as done: send the same again.",
    });

    /// <summary>A stored row of an experiment is not what was written; the log says which.</summary>
    /// <param name="experiment">Its id, or empty where the row is of no experiment.</param>
    public static Refusal Damaged(string experiment) => new(
        RefusalKind.Unavailable,
        "experiment-damaged",
        experiment.Length == 0
            ? "A stored row of the daily totals is not what was written; the server's log says which. Restore the data from a backup. Experiments go on."
            : $"Experiment \"{experiment}\" is stopped because a stored row of it is not what was written; the server's log says which. Restore the data from a backup, or delete the experiment. All other experiments go on.");
}
