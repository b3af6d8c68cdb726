using System.Runtime.CompilerServices;
using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Grains.Wire;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Grains;

// Who gets what, and what is held about whom.
public sealed partial class ClusterExperiments
{
    /// <inheritdoc/>
    public ValueTask<Answer<AssignmentResult>> Assign(string experiment, AssignmentRequest request, CancellationToken cancellationToken = default)
    {
        if (experiments.Peek(experiment) is not { } known || !options.Collect)
        {
            return AssignFresh(experiment, request, cancellationToken);
        }

        var asked = Question(known.Plan, request);
        if (asked.IsRefused)
        {
            return new(asked.Refusal);
        }

#pragma warning disable CA2012 // A reply can be read once: here when it is complete, else by whoever awaits it.
        var reply = known.ShardOf(asked.Value.Key).Assign(AssignCall.Of(known.Plan.Version, asked.Value));
        if (!reply.IsCompletedSuccessfully)
        {
            return AssignAsync(known, experiment, request, reply, cancellationToken);
        }

        return Answered(known, request, reply.Result) is { } answer ? new(answer) : AssignFresh(experiment, request, cancellationToken);
#pragma warning restore CA2012
    }

    /// <inheritdoc/>
    public ValueTask<Answer<IReadOnlyList<AssignmentResult>>> AssignMany(string experiment, IReadOnlyList<AssignmentRequest> requests, CancellationToken cancellationToken = default) =>
        Guard<IReadOnlyList<AssignmentResult>>(
            async () =>
            {
                if (AssignmentRequests.Check(requests) is { } wrong)
                {
                    return wrong;
                }

                var answers = new AssignmentResult?[requests.Count];
                var unsettled = new Settlements(grains);
                var assigned = await WithPresent<IReadOnlyList<AssignmentResult>>(experiment, async known =>
                {
                    await Ask(known, requests, answers, unsettled);
                    return answers.All(answer => answer is not null)
                        ? (true, Answer.Of<IReadOnlyList<AssignmentResult>>([.. answers.Select(answer => answer!.Value)]))
                        : (false, default);
                });
                await unsettled.Settle();
                return assigned;
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<AssignmentResult>> Force(string experiment, string identity, string? alternative, CancellationToken cancellationToken = default) =>
        Guard<AssignmentResult>(
            async () => await WithPresent<AssignmentResult>(experiment, async known =>
            {
                if (known.Plan.KeyOf(identity, out var key) is { } wrong)
                {
                    return (true, wrong);
                }

                var slot = -1;
                if (alternative is not null)
                {
                    var found = known.Plan.Find(alternative);
                    if (found.IsRefused)
                    {
                        return (true, found.Refusal);
                    }

                    slot = found.Value;
                }

                if (!options.Collect)
                {
                    return (true, HostRefusals.NotCollecting);
                }

                return await known.ShardOf(key).Force(known.Plan.Version, key, slot) == ShardStatus.Done
                    ? (true, await Assign(experiment, new AssignmentRequest(identity, null, Record: false), cancellationToken))
                    : (false, default);
            }),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<ParticipantView>> Participant(string identity, CancellationToken cancellationToken = default) =>
        Guard<ParticipantView>(
            async () =>
            {
                if (Identity.Check(identity) is { } wrong)
                {
                    return wrong;
                }

                var entries = (await catalogue.Fresh()).Catalogue.Entries.ToList();
                var held = await Task.WhenAll(entries.Select(entry => Held(entry.Id, identity).AsTask()));
                return held.FirstOrDefault(answer => answer.IsRefused).Refusal is { } refusal
                    ? refusal
                    : new ParticipantView(identity, [.. held.Select(answer => answer.Value).OfType<Participation>()]);
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Answer<ParticipantView>> Erase(string identity, CancellationToken cancellationToken = default)
    {
        var held = await Participant(identity, cancellationToken);
        return held.IsRefused ? held : await Guard<ParticipantView>(
            async () =>
            {
                foreach (var entry in (await catalogue.Fresh()).Catalogue.Entries)
                {
                    var erased = await WithPresent<Done>(entry.Id, async known =>
                    {
                        known.Plan.KeyOf(identity, out var key);
                        return (await known.ShardOf(key).Erase(key) == ShardStatus.Done, default);
                    });
                    if (erased.IsRefused && erased.Refusal.Kind != RefusalKind.NotFound)
                    {
                        return erased.Refusal;
                    }
                }

                return held;
            },
            cancellationToken);
    }

    // Pooled: this is every assignment that is not answered at once.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Answer<AssignmentResult>> AssignAsync(
        KnownExperiment known, string experiment, AssignmentRequest request, ValueTask<AssignReply> reply, CancellationToken cancellationToken)
    {
        try
        {
            var replied = cancellationToken.CanBeCanceled
                ? await reply.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false)
                : await reply.ConfigureAwait(false);
            if (Answered(known, request, replied) is { } answer)
            {
                return answer;
            }
        }
        catch (Exception error) when (RefusalOf(error) is { } refusal)
        {
            return refusal;
        }

        return await AssignFresh(experiment, request, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<Answer<AssignmentResult>> AssignFresh(string experiment, AssignmentRequest request, CancellationToken cancellationToken) =>
        Guard<AssignmentResult>(
            async () => await WithPresent<AssignmentResult>(experiment, async known =>
            {
                if (!options.Collect)
                {
                    return (true, ByHash(known.Plan, request));
                }

                var asked = Question(known.Plan, request);
                if (asked.IsRefused)
                {
                    return (true, asked.Refusal);
                }

                var reply = await known.ShardOf(asked.Value.Key).Assign(AssignCall.Of(known.Plan.Version, asked.Value));
                return Answered(known, request, reply) is { } answer ? (true, answer) : (false, default);
            }),
            cancellationToken);

    /// <summary>The answer, or null when what is known is outdated.</summary>
    private static AssignmentResult? Answered(KnownExperiment known, in AssignmentRequest request, in AssignReply reply)
        => reply.Status == ShardStatus.Done && known.Plan.Knows(reply.Epoch) ? known.Plan.Answer(request.Identity, reply.ToAnswer()) : null;

    /// <summary>Asks every shard concerned at once; those that know better leave their answers null.</summary>
    private async Task Ask(KnownExperiment known, IReadOnlyList<AssignmentRequest> requests, AssignmentResult?[] answers, Settlements unsettled)
    {
        var legs = new Dictionary<int, (List<int> Numbers, List<ShardQuestion> Questions)>();
        for (var number = 0; number < requests.Count; number++)
        {
            if (answers[number] is not null)
            {
                continue;
            }

            if (!options.Collect)
            {
                answers[number] = ByHash(known.Plan, requests[number]).Value;
                continue;
            }

            var question = Question(known.Plan, requests[number]).Value;
            var shard = IdentityKey.Shard(question.Key, known.Shards.Count);
            if (!legs.TryGetValue(shard, out var leg))
            {
                legs.Add(shard, leg = ([], []));
            }

            leg.Numbers.Add(number);
            leg.Questions.Add(question);
        }

        await Task.WhenAll(legs.Select(async pair =>
        {
            var reply = await known.Shards[pair.Key].AssignMany(known.Plan.Version, Wire.AssignMany.Write(pair.Value.Questions), Wire.AssignMany.WriteSegments(pair.Value.Questions));
            if (reply.Status == ShardStatus.Done)
            {
                unsettled.Add(known.State.Id, known.State.Generation, pair.Key, reply.ToSettle);
                var replies = Wire.AssignMany.ReadAnswers(reply.Bytes);
                for (var i = 0; i < replies.Length; i++)
                {
                    var number = pair.Value.Numbers[i];
                    answers[number] = known.Plan.Answer(requests[number].Identity, replies[i]);
                }
            }
        }));
    }

    private async ValueTask<Answer<Participation?>> Held(string experiment, string identity)
    {
        var held = await WithPresent<Participation?>(experiment, async known =>
        {
            known.Plan.KeyOf(identity, out var key);
            var reply = await known.ShardOf(key).Describe(key);
            return reply.Status != ShardStatus.Done ? (false, default)
                : (true, reply.Bytes is null ? default(Participation) : ParticipationViews.Of(known.State, WireJson.Read<ShardParticipant>(reply.Bytes)));
        });
        return held.IsRefused && held.Refusal.Kind == RefusalKind.NotFound ? default(Participation) : held;
    }

    [SkipLocalsInit]
    private Answer<ShardQuestion> Question(AssignmentPlan plan, in AssignmentRequest request)
    {
        Span<byte> buffer = stackalloc byte[Identity.MaxBytes];
        return Identity.Encode(request.Identity, buffer, out var length) is { } wrong
            ? wrong
            : plan.Question(buffer[..length], request.Attributes, request.Record, NowMs);
    }

    [SkipLocalsInit]
    private static Answer<AssignmentResult> ByHash(AssignmentPlan plan, in AssignmentRequest request)
    {
        Span<byte> buffer = stackalloc byte[Identity.MaxBytes];
        return Identity.Encode(request.Identity, buffer, out var length) is { } wrong
            ? wrong
            : plan.AnswerByHash(request.Identity, buffer[..length], request.Attributes);
    }
}
