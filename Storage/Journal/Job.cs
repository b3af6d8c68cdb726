using Bandstand.Ports;

namespace Bandstand.Storage.Journal;

/// <summary>
/// Work of the writer that is longer than a group may be: done in steps, each a short transaction of its own between two
/// groups, so that no group waits for the size of anything.
/// </summary>
internal abstract class Job
{
    /// <summary>Does the next step in one transaction.</summary>
    /// <param name="tables">Where.</param>
    /// <param name="sweeps">Takes the rows that the step left to nobody.</param>
    /// <returns>True when this was the last.</returns>
    public abstract bool Step(JournalTables tables, ICollection<Sweep> sweeps);

    /// <summary>On whose behalf, or null for the store's own. An actor's job that fails is not tried again.</summary>
    public virtual ActorJournal? Actor => null;

    /// <summary>Gives up.</summary>
    public abstract void Fail(JournalUnavailableException failure);
}
