using System.Runtime.CompilerServices;
using Bandstand.Assignment;
using Bandstand.Embedded.Experiments;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Embedded;

// Who gets what, and what is held about whom.
public sealed partial class EmbeddedExperiments
{
    /// <inheritdoc/>
    public ValueTask<Answer<AssignmentResult>> Assign(string experiment, AssignmentRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            var assigned = AssignNow(experiment, request);
            return assigned.Refusal is not null ? new(assigned.Refusal)
                : assigned.IsSettled ? new(assigned.Result(request.Identity))
                : new(AfterAsync(assigned, request.Identity));
        }
        catch (Exception error) when (error is JournalUnavailableException or JournalDamagedException)
        {
            return RefusedAsync(experiment, error);
        }
    }

    /// <inheritdoc/>
    public ValueTask<Answer<IReadOnlyList<AssignmentResult>>> AssignMany(string experiment, IReadOnlyList<AssignmentRequest> requests, CancellationToken cancellationToken = default) =>
        Guard<IReadOnlyList<AssignmentResult>>(experiment, async () =>
        {
            if (AssignmentRequests.Check(requests) is { } wrong)
            {
                return wrong;
            }

            var answers = new AssignmentResult[requests.Count];
            var pending = new PendingWrites();
            ExperimentHost? due = null;
            for (var number = 0; number < answers.Length; number++)
            {
                var assigned = AssignNow(experiment, requests[number]);
                if (assigned.Refusal is { } refused)
                {
                    return refused;
                }

                answers[number] = assigned.Result(requests[number].Identity);
                pending.Add(assigned.Durable);
                due = assigned.Review ? assigned.Host : due;
            }

            if (answers.Length == 0 && Find(experiment, out _, out var refusal) is null)
            {
                return refusal!;
            }

            await pending.WhenAll();
            if (due is not null)
            {
                // A batch is one step: what it makes due is done when all of it is in, as for events.
                await due.Review();
            }

            return answers;
        });

    /// <inheritdoc/>
    public ValueTask<Answer<AssignmentResult>> Force(string experiment, string identity, string? alternative, CancellationToken cancellationToken = default) =>
        Guard<AssignmentResult>(experiment, async () =>
        {
            if (Find(experiment, out _, out var refusal) is not { } live)
            {
                return refusal!;
            }

            if (live.Plan.KeyOf(identity, out var key) is { } wrong)
            {
                return wrong;
            }

            var slot = -1;
            if (alternative is not null)
            {
                var found = live.Plan.Find(alternative);
                if (found.IsRefused)
                {
                    return found.Refusal;
                }

                slot = found.Value;
            }

            if (!options.Collect)
            {
                return HostRefusals.NotCollecting;
            }

            await live.ShardOf(key).Force(key, slot);
            return await Assign(experiment, new AssignmentRequest(identity, null, Record: false), cancellationToken);
        });

    /// <inheritdoc/>
    public ValueTask<Answer<ParticipantView>> Participant(string identity, CancellationToken cancellationToken = default) =>
        Guard<ParticipantView>(string.Empty, async () =>
        {
            if (Identity.Check(identity) is { } wrong)
            {
                return wrong;
            }

            var held = new List<Participation>();
            foreach (var (_, live) in Volatile.Read(ref ingest).Experiments)
            {
                live.Plan.KeyOf(identity, out var key);
                var participant = live.ShardOf(key).Describe(key, out var durable);
                await durable;
                if (participant is not null)
                {
                    held.Add(ParticipationViews.Of(live.State, participant));
                }
            }

            return new ParticipantView(identity, held);
        });

    /// <inheritdoc/>
    public async ValueTask<Answer<ParticipantView>> Erase(string identity, CancellationToken cancellationToken = default)
    {
        var held = await Participant(identity, cancellationToken);
        return held.IsRefused ? held : await Guard<ParticipantView>(string.Empty, async () =>
        {
            foreach (var (host, live) in Volatile.Read(ref ingest).Experiments)
            {
                live.Plan.KeyOf(identity, out var key);
                await live.ShardOf(key).Erase(key, out var left);
                host.Joined(-left);
            }

            return held;
        });
    }

    private async Task<Answer<AssignmentResult>> AfterAsync(Assigned assigned, string identity)
    {
        try
        {
            await assigned.Durable;
            if (assigned.Review)
            {
                await assigned.Host.Review();
            }

            return assigned.Result(identity);
        }
        catch (JournalUnavailableException error)
        {
            return Unavailable(error);
        }
    }

    /// <summary>Out of the way of the method that mostly succeeds.</summary>
    private ValueTask<Answer<AssignmentResult>> RefusedAsync(string experiment, Exception error) =>
        Guard<AssignmentResult>(experiment, () => ValueTask.FromException<Answer<AssignmentResult>>(error));

    /// <summary>Decides and enqueues without waiting.</summary>
    [SkipLocalsInit]
    private Assigned AssignNow(string experiment, in AssignmentRequest request)
    {
        if (Find(experiment, out var host, out var refusal) is not { } live)
        {
            return new(refusal!);
        }

        Span<byte> buffer = stackalloc byte[Identity.MaxBytes];
        if (Identity.Encode(request.Identity, buffer, out var length) is { } wrong)
        {
            return new(wrong);
        }

        ReadOnlySpan<byte> utf8 = buffer[..length];
        if (!options.Collect)
        {
            return new(host, live.Plan, live.Plan.AnswerByHash(utf8, request.Attributes), Task.CompletedTask, review: false);
        }

        var key = IdentityKey.Of(utf8, live.Plan.Key);
        var shard = live.ShardOf(key);
        shard.Prefetch(key);
        var filtered = request.Attributes is not null && BotFilter.IsBot(request.Attributes);
        if (!shard.TryAnswer(key, filtered, out var answer, out var durable))
        {
            // Only newcomers are drawn for and need to know what time it is.
            var now = options.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            answer = shard.Assign(live.Plan.Question(key, utf8, request.Attributes, request.Record, now), out durable);
        }

        if (!live.Plan.Knows(answer.Epoch))
        {
            // The shard has heard of a newer epoch than the plan that was read here.
            live = host.Live ?? live;
        }

        return new(host, live.Plan, answer, durable, answer.New && host.Joined(1));
    }

    /// <summary>What was decided for somebody, or why nothing was; what that rests on; and whether a review is due because of it.</summary>
    private readonly struct Assigned
    {
        private readonly AssignmentPlan plan;
        private readonly ShardAnswer answer;

        public Assigned(Refusal refusal)
            : this(null!, null!, default, Task.CompletedTask, review: false) => Refusal = refusal;

        public Assigned(ExperimentHost host, AssignmentPlan plan, in ShardAnswer answer, Task durable, bool review) =>
            (Host, this.plan, this.answer, Durable, Review) = (host, plan, answer, durable, review);

        public Refusal? Refusal { get; }

        public ExperimentHost Host { get; }

        public Task Durable { get; }

        public bool Review { get; }

        /// <summary>True when there is nothing to wait for.</summary>
        public bool IsSettled => Durable.IsCompletedSuccessfully && !Review;

        public AssignmentResult Result(string identity) => plan.Answer(identity, answer);
    }
}
