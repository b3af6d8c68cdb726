using System.Runtime.CompilerServices;
using Bandstand.Assignment;
using Bandstand.Experiments;

namespace Bandstand.Participants;

// Questions: who gets what and why.
public sealed partial class ParticipantShard
{
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

    private static ShardAnswer Shown(AssignmentReason reason, byte alternative) => new(reason, alternative, -1, alternative, false);

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

        var (epoch, own) = EpochOf(question);
        var drawn = own[question.Bucket];
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
            if (question.Known is not null)
            {
                Learn(question.Known, log);
            }

            if (segments.Length != 0)
            {
                AssignSplit(question, alternative, epoch, atMs, place, log);
            }
            else
            {
                log.Assigned(question.Key, alternative, epoch, atMs, 0);
                FoldAssigned(question.Key, alternative, epoch, atMs, 0, place);
            }
        }

        return new ShardAnswer(AssignmentReason.Assigned, alternative, epoch, alternative, store);
    }

    /// <summary>The epoch that a newcomer is assigned in: that of their value, where it has one.</summary>
    private (int Epoch, short[] Buckets) EpochOf(in ShardQuestion question)
        => segmentEpochs.Count != 0 && question.Segments is { } values && splitBy < values.Length && values[splitBy] is { } value && segmentEpochs.TryGetValue(value, out var own)
            ? own
            : (Plan.Epoch, buckets);
}
