using System.Threading.Channels;
using Bandstand.Assignment;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Tests.Http;

/// <summary>
/// As much of <see cref="IExperiments"/> as HTTP needs to be tried: it remembers, it refuses, and it can be told to hang, to fail
/// or to be full. It knows nothing of statistics.
/// </summary>
internal sealed partial class FakeExperiments : IExperiments
{
    private readonly object gate = new();
    private readonly SortedDictionary<string, Kept> experiments = new(StringComparer.Ordinal);

    private readonly Channel<int> batchTaken = Channel.CreateUnbounded<int>();

    /// <summary>Called before everything; may throw, or answer with a refusal.</summary>
    public Func<Refusal?> Before { get; set; } = () => null;

    /// <summary>What an ingest waits for before it is durable.</summary>
    public Task Durable { get; set; } = Task.CompletedTask;

    /// <summary>Every batch taken.</summary>
    public List<(string Text, EventFormat Format, ProducerSequence? Producer, long FirstLine)> Batches { get; } = [];

    /// <summary>Changes whenever anything is stored.</summary>
    public int Writes { get; private set; }

    public ValueTask<Answer<PutResult>> Put(ExperimentDefinition definition, Precondition precondition = default, CancellationToken cancellationToken = default) =>
        Locked<PutResult>(() =>
        {
            var exists = experiments.TryGetValue(definition.Id, out var kept);
            if (precondition.MustBeNew && exists)
            {
                return new Refusal(RefusalKind.PreconditionFailed, "experiment-exists", "It exists. PUT without If-None-Match to change it.");
            }

            if (precondition.IfMatch is { } tag && (kept is null || (tag != Precondition.Any && kept.View.ETag != tag)))
            {
                return new Refusal(RefusalKind.PreconditionFailed, "etag-mismatch", "It has changed. GET it and try again.");
            }

            if (!exists || ExperimentDefinitionJson.Canonical(kept!.View.Definition) != ExperimentDefinitionJson.Canonical(definition))
            {
                Writes++;
                experiments[definition.Id] = kept = new Kept(View(definition, exists ? kept!.View.Status : definition.Start ? ExperimentStatus.Running : ExperimentStatus.Draft));
            }

            return new PutResult(kept.View, !exists);
        });

    public ValueTask<Answer<ExperimentView>> Get(string experiment, CancellationToken cancellationToken = default) =>
        With(experiment, kept => (Answer<ExperimentView>)kept.View);

    public ValueTask<Answer<Page<ExperimentView>>> List(string? after, int limit, CancellationToken cancellationToken = default) =>
        Locked<Page<ExperimentView>>(() =>
        {
            var items = experiments.Where(e => string.CompareOrdinal(e.Key, after) > 0).Take(limit + 1).Select(e => e.Value.View).ToList();
            return new Page<ExperimentView>([.. items.Take(limit)], items.Count > limit ? items[limit - 1].Definition.Id : null);
        });

    public ValueTask<Answer<ExperimentView>> Execute(string experiment, ExperimentCommand command, Precondition precondition = default, CancellationToken cancellationToken = default) =>
        With<ExperimentView>(experiment, kept =>
        {
            if (precondition.IfMatch is { } tag && tag != Precondition.Any && kept.View.ETag != tag)
            {
                return new Refusal(RefusalKind.PreconditionFailed, "etag-mismatch", "It has changed. GET it and try again.");
            }

            Writes++;
            switch (command)
            {
                case ExperimentCommand.Delete:
                    experiments.Remove(experiment);
                    return kept.View;
                case ExperimentCommand.Complete complete:
                    if (complete.Outcome is not null && kept.View.Definition.Alternatives.All(a => a.Key != complete.Outcome))
                    {
                        return JsonRefusal("$.outcome", "unknown-alternative", "No alternative has this key.");
                    }

                    kept.View = View(kept.View.Definition, ExperimentStatus.Completed) with { Outcome = complete.Outcome ?? kept.View.Definition.Default };
                    return kept.View;
                case ExperimentCommand.SetWeights weights:
                    kept.View = kept.View with { Epoch = kept.View.Epoch + 1, Weights = [.. weights.Weights.Select(w => KeyValuePair.Create(w.Key, (int)(w.Value * 10_000 / weights.Weights.Values.Sum())))] };
                    return kept.View;
                case ExperimentCommand.Enable when kept.View.Status == ExperimentStatus.Completed:
                    return new Refusal(RefusalKind.Conflict, "experiment-completed", "It is over. Reset it to begin again.");
                default:
                    kept.View = View(kept.View.Definition, command is ExperimentCommand.Disable ? ExperimentStatus.Disabled : ExperimentStatus.Running);
                    return kept.View;
            }
        });

    public ValueTask<Answer<Page<Decision>>> Decisions(string experiment, long after, int limit, CancellationToken cancellationToken = default) =>
        With(experiment, kept => (Answer<Page<Decision>>)new Page<Decision>(
            after >= 1 ? [] : [new Decision { Number = 1, At = Now, Kind = "created", Reason = "PUT", Epoch = 0, Weights = kept.View.Weights, Figures = [new("a", 1, 0, null, 0.5)] }], null));

    public ValueTask<Answer<Page<Epoch>>> Epochs(string experiment, int after, int limit, CancellationToken cancellationToken = default) =>
        With(experiment, kept => (Answer<Page<Epoch>>)new Page<Epoch>(after >= 0 ? [] : [new Epoch(0, Now, kept.View.Weights, "created", 1)], null));

    public ValueTask<Answer<AssignmentResult>> Assign(string experiment, AssignmentRequest request, CancellationToken cancellationToken = default) =>
        With(experiment, kept => One(kept, request));

    public ValueTask<Answer<IReadOnlyList<AssignmentResult>>> AssignMany(string experiment, IReadOnlyList<AssignmentRequest> requests, CancellationToken cancellationToken = default) =>
        With<IReadOnlyList<AssignmentResult>>(experiment, kept => requests.Select(r => Identity.Check(r.Identity)).FirstOrDefault(r => r is not null) is { } refusal
            ? refusal
            : requests.Select(r => One(kept, r).Value).ToArray());

    public ValueTask<Answer<AssignmentResult>> Force(string experiment, string identity, string? alternative, CancellationToken cancellationToken = default) =>
        With(experiment, kept =>
        {
            Writes++;
            kept.Forced[identity] = alternative;
            return One(kept, new AssignmentRequest(identity, Record: false));
        });

    public ValueTask<Answer<ParticipantView>> Participant(string identity, CancellationToken cancellationToken = default) =>
        Locked<ParticipantView>(() => View(identity));

    public ValueTask<Answer<ParticipantView>> Erase(string identity, CancellationToken cancellationToken = default) =>
        Locked<ParticipantView>(() =>
        {
            var view = View(identity);
            Writes++;
            foreach (var kept in experiments.Values)
            {
                kept.Assigned.Remove(identity);
            }

            return view;
        });

    public async ValueTask<Answer<EventReceipt>> Ingest(EventBatch batch, CancellationToken cancellationToken = default)
    {
        var text = System.Text.Encoding.UTF8.GetString(batch.Body.Span);
        var receipt = await Locked<EventReceipt>(() =>
        {
            Writes++;
            Batches.Add((text, batch.Format, batch.Producer, batch.FirstLine));
            batchTaken.Writer.TryWrite(Batches.Count);
            var lines = text.Split('\n');
            var rejected = new List<RejectedEvent>();
            var accepted = 0;
            for (var i = 0; i < lines.Length; i++)
            {
                if (lines[i].Length > 0 && lines[i][0] is '{' or '[')
                {
                    accepted++;
                }
                else if (lines[i].Length > 0)
                {
                    rejected.Add(new(batch.FirstLine + i, "malformed", "Not JSON."));
                }
            }

            return new EventReceipt { Accepted = accepted, RejectedCount = rejected.Count, Rejected = [.. rejected.Take(100)] };
        });
        await Durable;
        return receipt;
    }

    /// <summary>Completes when so many more batches have been taken.</summary>
    public async Task Taken(int batches)
    {
        for (var i = 0; i < batches; i++)
        {
            await batchTaken.Reader.ReadAsync(TestContext.Current.CancellationToken);
        }
    }

    public ValueTask<Answer<HistoryView>> History(string experiment, HistoryUnit unit, CancellationToken cancellationToken = default) =>
        With(experiment, kept => (Answer<HistoryView>)new HistoryView(experiment, unit, [new(Now, "a", 1, [new("signup", 1, 2, 3)])]));

    public ValueTask<Answer<ShardHealth>> Health(string experiment, CancellationToken cancellationToken = default) =>
        With(experiment, kept => (Answer<ShardHealth>)new ShardHealth(1, 2, 3, 4, 5, 6, 7, 8));

    public ValueTask<Answer<Page<MetricView>>> Metrics(string? after, int limit, CancellationToken cancellationToken = default) =>
        Locked<Page<MetricView>>(() => new Page<MetricView>([new("signup", [.. experiments.Keys], Now)], null));

    public ValueTask<Answer<IReadOnlyList<MetricDay>>> MetricValues(string metric, DateOnly from, DateOnly to, CancellationToken cancellationToken = default) =>
        Locked<IReadOnlyList<MetricDay>>(() => Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(d => new MetricDay(from.AddDays(d), 0, 0)).ToArray());

    private static DateTimeOffset Now => new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);

    private static Refusal JsonRefusal(string path, string code, string detail) =>
        new(RefusalKind.Invalid, code, detail) { Errors = [new FieldError(path, code, detail)] };

    private static ExperimentView View(ExperimentDefinition definition, ExperimentStatus status) => new()
    {
        Definition = definition,
        Status = status,
        Weights = [.. definition.Alternatives.Select(a => KeyValuePair.Create(a.Key, 10_000 / definition.Alternatives.Count))],
        Epoch = 0,
        Generation = 1,
        CreatedAt = Now,
        Warnings = definition.Warnings,
        ETag = $"{status}-{string.GetHashCode(ExperimentDefinitionJson.Canonical(definition), StringComparison.Ordinal):x}",
    };

    private Answer<AssignmentResult> One(Kept kept, AssignmentRequest request)
    {
        if (Identity.Check(request.Identity) is { } refusal)
        {
            return refusal;
        }

        var definition = kept.View.Definition;
        var reason = kept.View.Status switch
        {
            ExperimentStatus.Completed => AssignmentReason.Completed,
            ExperimentStatus.Running when kept.Forced.GetValueOrDefault(request.Identity) is not null => AssignmentReason.Forced,
            ExperimentStatus.Running => kept.Assigned.ContainsKey(request.Identity) ? AssignmentReason.Sticky : AssignmentReason.Assigned,
            _ => AssignmentReason.Disabled,
        };
        var isNew = reason == AssignmentReason.Assigned && request.Record;
        var drawn = definition.Alternatives[request.Identity.Length % definition.Alternatives.Count].Key;
        if (isNew)
        {
            Writes++;
            kept.Assigned[request.Identity] = drawn;
        }

        var key = reason switch
        {
            AssignmentReason.Completed => kept.View.Outcome!,
            AssignmentReason.Disabled => definition.Default,
            AssignmentReason.Forced => kept.Forced[request.Identity]!,
            _ => drawn,
        };
        var counted = reason is AssignmentReason.Assigned or AssignmentReason.Sticky;
        return new AssignmentResult(
            definition.Id, request.Identity, key, definition.Alternatives.First(a => a.Key == key).Value, reason, isNew, counted ? 0 : null, counted ? 0.5 : null, "0123456789");
    }

    private ParticipantView View(string identity) => new(identity,
        [.. experiments.Where(e => e.Value.Assigned.ContainsKey(identity)).Select(e => new Participation { Experiment = e.Key, Alternative = e.Value.Assigned[identity], Epoch = 0, AssignedAt = Now, Totals = [new("signup", 1)] })]);

    private ValueTask<Answer<T>> With<T>(string experiment, Func<Kept, Answer<T>> act) => Locked(() =>
        experiments.TryGetValue(experiment, out var kept) ? act(kept) : new Refusal(RefusalKind.NotFound, "experiment-not-found", $"There is no experiment {experiment}."));

    private ValueTask<Answer<T>> Locked<T>(Func<Answer<T>> act)
    {
        lock (gate)
        {
            return new(Before() is { } refusal ? refusal : act());
        }
    }

    private sealed class Kept(ExperimentView view)
    {
        public ExperimentView View { get; set; } = view;

        public Dictionary<string, string> Assigned { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, string?> Forced { get; } = new(StringComparer.Ordinal);
    }
}
