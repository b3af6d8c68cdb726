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
    private const int MaxIdentities = 10_000;

    /// <inheritdoc/>
    public ValueTask<Answer<AssignmentResult>> Assign(string experiment, AssignmentRequest request, CancellationToken cancellationToken = default)
    {
        Answer<AssignmentResult> answer;
        Task durable;
        bool review;
        ExperimentHost host;
        try
        {
            answer = AssignNow(experiment, request, out host, out durable, out review);
        }
        catch (JournalUnavailableException error)
        {
            return new(EmbeddedRefusals.Unavailable(error));
        }
        catch (JournalDamagedException error)
        {
            return new(EmbeddedRefusals.Damaged(experiment, error.Message));
        }

        return durable.IsCompletedSuccessfully && !review
            ? new(answer)
            : new(AfterAsync(answer, host, durable, review));
    }

    /// <inheritdoc/>
    public ValueTask<Answer<IReadOnlyList<AssignmentResult>>> AssignMany(string experiment, IReadOnlyList<AssignmentRequest> requests, CancellationToken cancellationToken = default) =>
        Guard<IReadOnlyList<AssignmentResult>>(experiment, async () =>
        {
            if (requests.Count > MaxIdentities)
            {
                return new Refusal(RefusalKind.TooLarge, "too-many-identities", $"{requests.Count} identities in one request; at most {MaxIdentities} are answered. Send several requests.");
            }

            for (var number = 0; number < requests.Count; number++)
            {
                // All are checked before any is assigned: a refused request changes nothing.
                if (Identity.Check(requests[number].Identity) is { } wrong)
                {
                    return wrong with { Errors = [new FieldError($"$.identities[{number}]", wrong.Code, wrong.Detail)] };
                }
            }

            var answers = new AssignmentResult[requests.Count];
            var pending = new PendingWrites();
            for (var number = 0; number < answers.Length; number++)
            {
                var answer = AssignNow(experiment, requests[number], out var host, out var durable, out var review);
                if (answer.IsRefused)
                {
                    return answer.Refusal;
                }

                answers[number] = answer.Value;
                pending.Add(durable);
                if (review)
                {
                    await host.Review();
                }
            }

            if (answers.Length == 0 && Find(experiment, out _, out var refusal) is null)
            {
                return refusal!;
            }

            await pending.WhenAll();
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

            if (KeyOf(live.Plan, identity, out var key) is { } wrong)
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
                KeyOf(live.Plan, identity, out var key);
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
                KeyOf(live.Plan, identity, out var key);
                await live.ShardOf(key).Erase(key, out var left);
                host.Joined(-left);
            }

            return held;
        });
    }

    private static async Task<Answer<AssignmentResult>> AfterAsync(Answer<AssignmentResult> answer, ExperimentHost host, Task durable, bool review)
    {
        try
        {
            await durable;
            if (review)
            {
                await host.Review();
            }

            return answer;
        }
        catch (JournalUnavailableException error)
        {
            return EmbeddedRefusals.Unavailable(error);
        }
    }

    /// <summary>Decides and enqueues without waiting.</summary>
    [SkipLocalsInit]
    private Answer<AssignmentResult> AssignNow(string experiment, in AssignmentRequest request, out ExperimentHost host, out Task durable, out bool review)
    {
        durable = Task.CompletedTask;
        review = false;
        if (Find(experiment, out host, out var refusal) is not { } live)
        {
            return refusal!;
        }

        Span<byte> buffer = stackalloc byte[Identity.MaxBytes];
        if (Identity.Encode(request.Identity, buffer, out var length) is { } wrong)
        {
            return wrong;
        }

        ReadOnlySpan<byte> utf8 = buffer[..length];
        if (!options.Collect)
        {
            return live.Plan.AnswerByHash(request.Identity, utf8, request.Attributes);
        }

        var question = live.Plan.Question(utf8, request.Attributes, request.Record, options.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        var answer = live.ShardOf(question.Key).Assign(question, out durable);
        if (!live.Plan.Knows(answer.Epoch))
        {
            // The shard has heard of a newer epoch than the plan that was read here.
            live = host.Live ?? live;
        }

        review = answer.New && host.Joined(1);
        return live.Plan.Answer(request.Identity, answer);
    }

    [SkipLocalsInit]
    private static Refusal? KeyOf(AssignmentPlan plan, string identity, out ulong key)
    {
        Span<byte> buffer = stackalloc byte[Identity.MaxBytes];
        var wrong = Identity.Encode(identity, buffer, out var length);
        key = wrong is null ? IdentityKey.Of(buffer[..length], plan.Key) : 0;
        return wrong;
    }
}
