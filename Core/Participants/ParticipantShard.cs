using System.Runtime.CompilerServices;
using Bandstand.Assignment;
using Bandstand.Experiments;
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
/// value metric) in a table that is between 54 and 70 percent full and grows in place.</para>
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

    // Copies of the plan for the hot path.
    private short[] buckets = [];
    private bool[] removed = [];
    private bool[] active = [];
    private bool running;
    private byte fallback;
    private bool planLogged;

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
    public long MemoryBytes => table.MemoryBytes + cells.MemoryBytes + history.MemoryBytes + held.MemoryBytes + ids.MemoryBytes + producers.MemoryBytes + (forced.Count * 32L);

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

    /// <summary>Who gets what and why; the checks in the order of <see cref="AssignmentReason"/>. Stores the first assignment.</summary>
    /// <param name="question">Who asks.</param>
    /// <param name="log">Receives the fact when the assignment is new.</param>
    public ShardAnswer Assign(in ShardQuestion question, ShardLog log) =>
        IsSettled(question.Key, (question.Flags & ShardQuestionFlags.Filtered) != 0, out var answer, out var place) ? answer : Newcomer(question, place, log);

    /// <summary>
    /// Answers whoever needs no draw, as <see cref="Assign(in ShardQuestion, ShardLog)"/> would: nobody is assigned now, or this one is forced, a bot or a
    /// participant already. It changes nothing, and most questions end here.
    /// </summary>
    /// <param name="key">From <see cref="IdentityKey.Of"/>; not 0.</param>
    /// <param name="filtered">True for a bot.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>False for a newcomer: draw, and ask the whole question.</returns>
    public bool TryAnswer(ulong key, bool filtered, out ShardAnswer answer) => IsSettled(key, filtered, out answer, out _);

    /// <summary>Many questions in one turn, answered in the same order; faster than one by one where rows are not in the cache.</summary>
    /// <param name="questions">Who ask; the same one twice is new once.</param>
    /// <param name="answers">Receives an answer to each; at least as long as the questions.</param>
    /// <param name="log">Receives the facts.</param>
    public void Assign(ReadOnlySpan<ShardQuestion> questions, Span<ShardAnswer> answers, ShardLog log)
    {
        if (answers.Length < questions.Length)
        {
            throw new ArgumentException($"There is room for {answers.Length} answers to {questions.Length} questions.", nameof(answers));
        }

        for (var i = 0; i < questions.Length; i++)
        {
            if (i + Ahead < questions.Length)
            {
                Prefetch(questions[i + Ahead].Key);
            }

            answers[i] = Assign(questions[i], log);
        }
    }

    /// <summary>
    /// Starts loading what a question or event of this identity will need into the processor's cache. Only a hint: it changes nothing,
    /// and any thread may give it at any time, for example while it still hashes or waits for its turn.
    /// </summary>
    /// <param name="key">From <see cref="IdentityKey.Of"/>.</param>
    public void Prefetch(ulong key) => table.Prefetch(key);

    /// <summary>Looks up what is fixed about somebody: a forced alternative, else the first assignment.</summary>
    /// <param name="key">From <see cref="IdentityKey.Of"/>.</param>
    /// <param name="answer">What they are shown as long as the experiment runs.</param>
    /// <returns>False when nothing is fixed.</returns>
    public bool TryFind(ulong key, out ShardAnswer answer)
    {
        if (forced.TryGetValue(key, out var shown))
        {
            answer = Shown(AssignmentReason.Forced, shown);
            return true;
        }

        ref var row = ref table.Find(CheckKey(key));
        var known = !Unsafe.IsNullRef(ref row);
        answer = known ? Sticky(ref row) : default;
        return known;
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

        return new ShardParticipant(assignment.Alternative, assignment.Epoch, AtMs(assignment), shown, waiting, totals);
    }

    private static ShardAnswer Shown(AssignmentReason reason, byte alternative) => new(reason, alternative, -1, alternative, false);

    private static ulong CheckKey(ulong key) => key != 0 ? key : throw new ArgumentOutOfRangeException(nameof(key), key, "A participant's key is never 0.");

    private ShardAnswer Sticky(ref uint row)
    {
        var assignment = RowFields.Assignment(ref row);
        var alternative = assignment.Alternative;
        return new ShardAnswer(AssignmentReason.Sticky, removed[alternative] ? fallback : alternative, assignment.Epoch, alternative, false);
    }

    /// <summary>The checks that come before a draw.</summary>
    /// <param name="key">Who.</param>
    /// <param name="filtered">True for a bot.</param>
    /// <param name="answer">The answer, when one of them holds.</param>
    /// <param name="place">Where the row belongs, when none of them holds.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsSettled(ulong key, bool filtered, out ShardAnswer answer, out nint place)
    {
        place = 0;
        if (!running)
        {
            answer = Plan.Status == ExperimentStatus.Completed
                ? Shown(AssignmentReason.Completed, (byte)Plan.Outcome)
                : Shown(AssignmentReason.Disabled, fallback);
            return true;
        }

        if (forced.Count != 0 && forced.TryGetValue(key, out var shown))
        {
            answer = Shown(AssignmentReason.Forced, shown);
            return true;
        }

        if (filtered)
        {
            answer = Shown(AssignmentReason.Filtered, fallback);
            return true;
        }

        ref var row = ref table.Find(CheckKey(key), out place);
        var known = !Unsafe.IsNullRef(ref row);
        answer = known ? Sticky(ref row) : default;
        return known;
    }

    private ShardAnswer Newcomer(in ShardQuestion question, nint place, ShardLog log)
    {
        if ((question.Flags & ShardQuestionFlags.NotTargeted) != 0)
        {
            return Shown(AssignmentReason.NotTargeted, fallback);
        }

        if ((question.Flags & ShardQuestionFlags.Excluded) != 0)
        {
            return Shown(AssignmentReason.Excluded, fallback);
        }

        var drawn = buckets[question.Bucket];
        if (drawn >= 0 && question.Choice >= 0)
        {
            drawn = question.Choice < removed.Length && !removed[question.Choice] ? question.Choice : ShardPlan.NotInTraffic;
        }

        if (drawn < 0)
        {
            return Shown(AssignmentReason.NotInTraffic, fallback);
        }

        var alternative = (byte)drawn;
        var store = (question.Flags & ShardQuestionFlags.LookOnly) == 0;
        if (store)
        {
            BeginFacts(log);
            var atMs = ShardTime.Clamp(question.AtMs);
            Expire(atMs, log);
            log.Assigned(question.Key, alternative, Plan.Epoch, atMs, 0);
            FoldAssigned(question.Key, alternative, Plan.Epoch, atMs, 0, place);
        }

        return new ShardAnswer(AssignmentReason.Assigned, alternative, Plan.Epoch, alternative, store);
    }

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
