using System.Runtime.CompilerServices;
using static Bandstand.Participants.JournalCheck;

namespace Bandstand.Participants;

// The way back from the journal.
public sealed partial class ParticipantShard
{
    /// <summary>Forgets everything; the plan is the one of the constructor until another is replayed.</summary>
    public void Begin()
    {
        table = null!;
        Use(initial);
        Reset();
        planLogged = false;
        (inSnapshot, lastSection, restoredParts) = (false, SnapshotSection.Head, 0);
    }

    /// <summary>Takes the next entry of the journal.</summary>
    /// <param name="entry">What a turn's <see cref="ShardLog"/> held.</param>
    /// <exception cref="InvalidDataException">It is not what was written, or does not follow from what came before: this shard must not serve.</exception>
    public void Entry(ReadOnlySpan<byte> entry)
    {
        EndSnapshot();
        var from = new ByteReader(entry);
        var version = from.Byte();
        if (version != ShardLog.Version)
        {
            throw new InvalidDataException($"A shard's journal entry has version {version}; this program reads version {ShardLog.Version}.");
        }

        // A scout runs ahead and has the rows loaded into the cache: replaying would otherwise wait for memory most of the time.
        var scout = from;
        var ahead = 0;
        while (!from.AtEnd)
        {
            for (; ahead < Ahead && !scout.AtEnd; ahead++)
            {
                Scout(ref scout);
            }

            Fold(ref from);
            ahead--;
        }
    }

    /// <summary>The replay is complete: the shard can serve.</summary>
    /// <exception cref="InvalidDataException">The snapshot is incomplete.</exception>
    public void End() => EndSnapshot();

    private void Reset()
    {
        table = new ParticipantTable(layout.Words);
        cells = new StatisticsCells(layout.Offsets.Length);
        history = new HistoryCells(Plan.Alternatives, layout.Offsets.Length);
        ruled = [];
        UseRuled(Plan.Metrics);
        held.Clear();
        ids.Clear();
        producers.Clear();
        forced.Clear();
        segments = [];
        UseSegments();
        known.Clear();
        baseMs = -1;
        (conflicts, heldEver, heldDropped, producersDropped) = (0, 0, 0, 0);
        (restoredUpTo, restoredKey) = (0, 0);
    }

    private void EndSnapshot()
    {
        if (inSnapshot)
        {
            throw new InvalidDataException("A shard's snapshot is incomplete.");
        }
    }

    /// <summary>Passes over one fact.</summary>
    private void Scout(ref ByteReader from)
    {
        int tag = from.Byte();
        var kind = (FactKind)(tag & FactFlags.KindMask);
        switch (kind)
        {
            case FactKind.Counted:
            case FactKind.Held:
                table.Prefetch(from.Word());
                from.Metric(tag);
                from.Varint();
                from.Value(tag);
                Scout(from.Id(tag));
                if (kind == FactKind.Held)
                {
                    from.Varint();
                }

                break;
            case FactKind.Assigned:
                table.Prefetch(from.Word());
                from.Byte();
                from.Varint();
                from.Varint();
                Scout(from.Id(tag));
                SegmentsOf(ref from, tag);
                break;
            case FactKind.Segment:
                from.Varint();
                from.Bytes(from.Varint());
                break;
            case FactKind.Repeated:
            case FactKind.Conflict:
                Scout(from.Id(tag));
                break;
            case FactKind.Producer:
                from.Word();
                from.Varint();
                from.Varint();
                break;
            case FactKind.Expired:
                from.Varint();
                break;
            case FactKind.Forced:
                from.Word();
                from.Varint();
                break;
            case FactKind.Erased:
                from.Word();
                break;
            case FactKind.Switched:
                from.Bytes(from.Varint());
                break;
            case FactKind.Known:
                from.Varint();
                from.Word();
                break;
            default:
                throw new InvalidDataException($"A shard's journal entry holds a fact of unknown kind {(int)kind}.");
        }
    }

    private void Scout(ulong id)
    {
        if (id != 0)
        {
            ids.Prefetch(id, Ahead);
        }
    }

    private void Fold(ref ByteReader from)
    {
        int tag = from.Byte();
        switch ((FactKind)(tag & FactFlags.KindMask))
        {
            case FactKind.Counted:
            {
                ref var row = ref table.Find(Key(from.Word()));
                var metric = Metric(ref from, tag);
                var atMs = ShardTime.Clamp(from.Time());
                var value = from.Value(tag);
                var id = from.Id(tag);
                Require(!Unsafe.IsNullRef(ref row), "counts an event of nobody");
                Require(IsCountable(ref row, metric, value, atMs), "counts a value out of range");
                FoldCounted(ref row, metric, value, atMs, id);
                break;
            }

            case FactKind.Assigned:
            {
                var key = Key(from.Word());
                var alternative = from.Byte();
                var epoch = from.Varint(Plan.Epoch, "epoch");
                var atMs = ShardTime.Clamp(from.Time());
                var id = from.Id(tag);
                var codes = SegmentsOf(ref from, tag);
                Require(Unsafe.IsNullRef(ref table.Find(key, out var place)), "assigns somebody twice");
                Require(alternative < Plan.Alternatives, "assigns an alternative that is not defined");
                RequireSegments(codes);
                FoldAssigned(key, alternative, epoch, atMs, id, place, codes);
                break;
            }

            case FactKind.Segment:
                RestoreSegment(from.Varint(ShardPlan.MaxSegments, "segment"), from.Bytes(from.Varint()));
                break;

            case FactKind.Held:
            {
                var key = Key(from.Word());
                var metric = Metric(ref from, tag);
                var atMs = ShardTime.Clamp(from.Time());
                var value = from.Value(tag);
                var id = from.Id(tag);
                FoldHeld(new HeldTrack(key, metric, value, atMs, ShardTime.Clamp(from.Time())), id);
                break;
            }

            case FactKind.Repeated:
                FoldId(from.Id(tag));
                break;
            case FactKind.Conflict:
                FoldConflict(from.Id(tag));
                break;
            case FactKind.Producer:
                FoldProducer(from.Word(), (long)(from.Varint() & long.MaxValue), ShardTime.Clamp(from.Time()));
                break;
            case FactKind.Expired:
                FoldExpired(ShardTime.Clamp(from.Time()));
                break;
            case FactKind.Forced:
                FoldForced(Key(from.Word()), from.Varint(Plan.Alternatives, "forced alternative") - 1);
                break;
            case FactKind.Erased:
                FoldErased(Key(from.Word()));
                break;
            case FactKind.Known:
            {
                var covariate = from.Varint(layout.Known.Length - 1, "covariate");
                var x = from.Double();
                Require(Math.Abs(x) <= Bandstand.Statistics.Moments.MaxMagnitude, "knows a number out of range");
                FoldKnown(covariate, x);
                break;
            }

            case FactKind.Switched:
                Restore(ShardPlanCodec.Read(from.Bytes(from.Varint())));
                break;
            default:
                throw new InvalidDataException($"A shard's journal entry holds a fact of unknown kind {tag & FactFlags.KindMask}.");
        }
    }

    private void Restore(ShardPlan plan)
    {
        Require(plan.Generation == initial.Generation, $"belongs to generation {plan.Generation}, not {initial.Generation}");
        if (planLogged)
        {
            try
            {
                plan.ValidateAfter(Plan);
            }
            catch (ArgumentException e)
            {
                throw new InvalidDataException(e.Message, e);
            }

            Use(plan);
            return;
        }

        // The first plan of the journal takes the place of the constructor's, which may be newer: nobody is there yet.
        table = null!;
        Use(plan);
        Reset();
        planLogged = true;
    }

    private static ReadOnlySpan<byte> SegmentsOf(ref ByteReader from, int tag)
        => (tag & FactFlags.Segments) != 0 ? from.Bytes(from.Varint()) : default;

    private int Metric(ref ByteReader from, int tag)
    {
        var metric = from.Metric(tag);
        Require((uint)metric < (uint)active.Length, "names a metric that is not defined");
        return metric;
    }
}
