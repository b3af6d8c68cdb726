using System.Runtime.CompilerServices;
using Bandstand.Ports;

namespace Bandstand.Participants;

/// <summary>
/// The one owner of its share of an experiment's participants: who got what (the first assignment wins, for ever), what they
/// did since, and the statistics of both.
/// </summary>
/// <remarks>
/// <para>A pure state machine without clock, threads or I/O: its host calls it one turn after another and brings the time. Not
/// thread-safe.</para>
/// <para>What a turn changes is written as facts to the <see cref="ShardLog"/> it is given; what is in that log after the turn
/// must become one entry of the shard's journal before any answer of the turn is given out. When appending fails, or a turn
/// throws, drop the shard and recover another from the journal. Replaying a snapshot's parts and the entries after it gives the
/// same state bit for bit: facts are folded by the code that folded them the first time, nothing is decided again.</para>
/// <para>A participant is a row of 20 bytes with one conversion metric (4 more for each further one, 12 for each count or
/// value metric, and 4 for up to four attributes to split by) in a table that is between 54 and 70 percent full and grows in place.</para>
/// </remarks>
public sealed partial class ParticipantShard : IJournalReplay
{
    private readonly Dictionary<ulong, byte> forced = [];
    private readonly HeldTracks held = new();
    private readonly IdWindow ids = new();
    private readonly ProducerWindows producers = new();
    private readonly ShardPlan initial;
    private ParticipantTable table = null!;
    private StatisticsCells cells = null!;
    private HistoryCells history = null!;
    private RowLayout layout = null!;

    // By attribute: the values met so far.
    private SegmentCodes[] segments = [];

    // Copies of the plan for the hot path.
    private short[] buckets = [];
    private bool[] removed = [];
    private bool[] active = [];

    // By address: what events feed that is more than their own plain slot; null where it is not.
    private Feed?[] fed = [];
    private RuledMetric?[] ruled = [];

    // By value of one attribute: the epoch of those who have it, where it is not everybody's.
    private Dictionary<string, (int Epoch, short[] Buckets)> segmentEpochs = [];
    private int splitBy;
    private bool running;
    private byte fallback;
    private bool planLogged;

    // What the facts before an assignment say of who is assigned next.
    private readonly List<(int Covariate, double X)> known = [];

    // Times of assignment are counted from here; −1 until there is one.
    private long baseMs = -1;
    private long conflicts;
    private long heldEver;
    private long heldDropped;
    private long producersDropped;

    /// <summary>Creates a shard without participants.</summary>
    /// <param name="plan">The newest plan there is. Its journal, once recovered, may know an older or newer one.</param>
    /// <exception cref="ArgumentException">The plan contradicts itself.</exception>
    public ParticipantShard(ShardPlan plan)
    {
        initial = Plan = plan.Validate();
        Begin();
    }

    /// <summary>The plan in force.</summary>
    public ShardPlan Plan { get; private set; }

    /// <summary>How many participants there are.</summary>
    public long Participants => table.Count;

    /// <summary>Bytes of memory held, without the small change of collections. Participants, statistics and history, and what protects against repeats.</summary>
    public long MemoryBytes => table.MemoryBytes + cells.MemoryBytes + ruled.Sum(r => r?.Cohorts.MemoryBytes ?? 0) + history.MemoryBytes + held.MemoryBytes + ids.MemoryBytes + producers.MemoryBytes + (forced.Count * 32L) + segments.Sum(codes => codes.MemoryBytes);

    /// <summary>Bytes of memory that the rows of participants take.</summary>
    public long RowBytes => table.MemoryBytes;

    /// <summary>Puts a newer plan in force, for everything after it.</summary>
    /// <param name="plan">Of the same generation. A version that is not newer changes nothing.</param>
    /// <param name="log">Receives the fact.</param>
    /// <returns>True when it is in force now and was not before.</returns>
    /// <exception cref="ArgumentException">The plan contradicts itself or the one before it.</exception>
    public bool Switch(ShardPlan plan, ShardLog log)
    {
        plan.Validate().ValidateGeneration(Plan.Generation);
        if (plan.Version <= Plan.Version)
        {
            return false;
        }

        plan.ValidateAfter(Plan);
        log.Switched(ShardPlanCodec.Write(plan));
        planLogged = true;
        Use(plan);
        return true;
    }

    /// <summary>Shows somebody an alternative; while it lasts, neither an assignment nor an event of theirs counts.</summary>
    /// <param name="key">From <see cref="IdentityKey.Of"/>.</param>
    /// <param name="alternative">The alternative's index; −1 clears.</param>
    /// <param name="log">Receives the fact, when it changes anything.</param>
    public void Force(ulong key, int alternative, ShardLog log)
    {
        CheckKey(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(alternative, -1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(alternative, Plan.Alternatives);
        if ((forced.TryGetValue(key, out var before) ? before : -1) != alternative)
        {
            BeginFacts(log);
            log.Forced(key, alternative);
            FoldForced(key, alternative);
        }
    }

    /// <summary>Forgets all that is held about somebody, with its share of the statistics; the history by hours and days stays.</summary>
    /// <param name="key">From <see cref="IdentityKey.Of"/>.</param>
    /// <param name="log">Receives the fact, when there was anything.</param>
    /// <returns>False when nothing was held.</returns>
    public bool Erase(ulong key, ShardLog log)
    {
        if (Unsafe.IsNullRef(ref table.Find(CheckKey(key))) && !forced.ContainsKey(key) && held.CountOf(key) == 0)
        {
            return false;
        }

        BeginFacts(log);
        log.Erased(key);
        FoldErased(key);
        return true;
    }

    /// <summary>All that is held about somebody; null when there is nothing.</summary>
    /// <param name="key">From <see cref="IdentityKey.Of"/>.</param>
    public ShardParticipant? Describe(ulong key)
    {
        ref var row = ref table.Find(CheckKey(key));
        var shown = forced.TryGetValue(key, out var alternative) ? alternative : -1;
        var waiting = held.CountOf(key);
        if (Unsafe.IsNullRef(ref row))
        {
            return shown >= 0 || waiting > 0 ? new ShardParticipant(-1, -1, 0, shown, waiting, []) : null;
        }

        var assignment = RowFields.Assignment(ref row);
        var totals = new ParticipantTotal[layout.Offsets.Length];
        for (var metric = 0; metric < totals.Length; metric++)
        {
            totals[metric] = TotalOf(ref row, metric);
        }

        var known = new double?[layout.Known.Length];
        for (var covariate = 0; covariate < known.Length; covariate++)
        {
            known[covariate] = RowFields.IsKnown(ref row, layout.Known[covariate], out var x) ? x : null;
        }

        return new ShardParticipant(assignment.Alternative, assignment.Epoch, AtMs(assignment), shown, waiting, totals)
        {
            Known = known,
            Segments = segments.Length == 0 ? null : ValuesOf(ref row),
        };
    }

    private static ulong CheckKey(ulong key) => key != 0 ? key : throw new ArgumentOutOfRangeException(nameof(key), key, "A participant's key is never 0.");

    /// <summary>A journal must hold the plan that its facts were decided under.</summary>
    private void BeginFacts(ShardLog log)
    {
        if (!planLogged)
        {
            log.Switched(ShardPlanCodec.Write(Plan));
            planLogged = true;
        }
    }
}
