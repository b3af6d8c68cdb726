using Bandstand.Ports;
using Orleans.Storage;

namespace Bandstand.Grains.Journal;

/// <summary>
/// The journal of one actor over Orleans grain storage: a ring of slots written over and over under ETag, a head that names
/// the owner and the snapshot, and snapshots in records of their own.
/// </summary>
/// <remarks>
/// <para>Several activations may believe they own the actor. <see cref="Recover"/> claims it: whoever claimed before cannot
/// have a single further append or snapshot acknowledged, and what was acknowledged to it is replayed. The loser's next
/// write fails with the code <c>fenced</c>; it should then give up its activation rather than claim again.</para>
/// <para>When the ring is full, appends wait for the snapshot under way or for the one enqueued after them; if there is none
/// they fail with <c>journal-full</c>. An owner that looks at <see cref="SnapshotDue"/> after it appended, and after it
/// recovered, never sees that.</para>
/// <para>Works with every storage that refuses a write whose ETag is not the stored one, and a write without ETag where there is
/// a record. The owner calls one member after another; tasks complete on any thread.</para>
/// </remarks>
public sealed class GrainStorageJournal : IJournal
{
    private readonly JournalRecords records;
    private readonly JournalOptions options;
    private JournalSession? session;
    private bool recovering;

    /// <summary>Names the journal; nothing is read or written before <see cref="Recover"/>.</summary>
    /// <param name="storage">Where the records are.</param>
    /// <param name="owner">The grain the records are filed under.</param>
    /// <param name="actor">Whose journal it is; part of every checksum.</param>
    /// <param name="options">The layout of a new journal and limits; null takes the defaults.</param>
    /// <param name="clock">For timeouts of the storage; null takes the system's.</param>
    public GrainStorageJournal(IGrainStorage storage, GrainId owner, ActorKey actor, JournalOptions? options = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        this.options = options ?? new JournalOptions();
        this.options.Validate();
        records = new JournalRecords(storage, owner, actor, this.options.StorageTimeout, clock ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public long BytesSinceSnapshot => session?.EntryBytes ?? 0;

    /// <summary>True when the owner should take a snapshot: enough was appended, or half of the ring is in use.</summary>
    public bool SnapshotDue => session?.SnapshotDue ?? false;

    /// <summary>True when it was recovered and nothing failed since: appends may go on.</summary>
    public bool IsReady => session is { HasFailed: false };

    /// <summary>The number of the present ownership, 0 before the first. It grows with every claim by whomever.</summary>
    public long Claim => session?.Claim ?? 0;

    /// <inheritdoc/>
    /// <remarks>Claims the journal, after what was enqueued before has been written or has failed.</remarks>
    public async ValueTask Recover(IJournalReplay replay, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(replay);
        if (recovering)
        {
            throw new InvalidOperationException("A recovery is under way; the owner calls one member after another.");
        }

        recovering = true;
        try
        {
            if (session is { } before)
            {
                await before.Close();
                session = null;
            }

            var claimed = await JournalClaim.Take(records, options, cancellationToken);
            replay = new StoredReplay(replay, records.Actor, "grain storage");
            replay.Begin();
            if (claimed.Head.Snapshot is { } snapshot)
            {
                await ReadSnapshot(claimed, snapshot, replay, cancellationToken);
            }

            var bytes = GroupReplay.Replay(records.Actor, claimed.Head, claimed.Chain, replay);
            replay.End();
            session = new JournalSession(claimed, options, bytes);
            session.Sweep();
        }
        finally
        {
            recovering = false;
        }
    }

    /// <inheritdoc/>
    public Task Append(ReadOnlySpan<byte> entry) => session?.Append(entry) ?? Task.FromException(NotRecovered());

    /// <inheritdoc/>
    public Task Snapshot(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return session?.Snapshot(parts) ?? Task.FromException(NotRecovered());
    }

    /// <summary>
    /// Ends the actor for ever: shuts its owner out and deletes its records, all but the head and one slot, which keep older
    /// owners from writing again. May be repeated when it failed.
    /// </summary>
    /// <exception cref="JournalUnavailableException">The storage did not answer; call it again.</exception>
    public Task Drop(CancellationToken cancellationToken = default) => JournalDrop.Drop(records, options, cancellationToken);

    private async Task ReadSnapshot(ClaimedJournal claimed, SnapshotReference snapshot, IJournalReplay replay, CancellationToken cancellationToken)
    {
        try
        {
            await SnapshotRecords.Read(records, snapshot, replay, cancellationToken);
        }
        catch (JournalDamagedException)
        {
            // A newer owner may have replaced the snapshot while we read it; then nothing is damaged, we are late.
            if ((await records.Read(JournalHead.Name)).ETag != claimed.HeadETag)
            {
                throw new JournalUnavailableException("fenced", $"A newer owner claimed {records.Actor}.");
            }

            throw;
        }
    }

    private InvalidOperationException NotRecovered()
        => new($"The journal of {records.Actor} must be recovered before it is written.");
}
