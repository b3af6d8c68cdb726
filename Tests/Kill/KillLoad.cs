using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Bandstand.Tests.Kill;

/// <summary>
/// The callers: producers that enrol people and send numbered batches about them, and two that ask for assignments of new and of known
/// people. Each goes on to its next request only when the last was acknowledged.
/// </summary>
internal sealed class KillLoad(KillPlan plan, MortalHost server, Ledger ledger)
{
    private const int Enrolled = 40;
    private const int Crowd = 10_000;
    private static readonly DateOnly FirstDay = new(2026, 1, 1);
    private static readonly string[] Arms = ["a", "b", "c"];

    private readonly ConcurrentDictionary<string, EventLines> lastBatches = new();
    private volatile bool stopped;

    /// <summary>The last batch of each producer.</summary>
    public IEnumerable<EventLines> LastBatches => lastBatches.Values;

    /// <summary>Starts all of them.</summary>
    /// <param name="failed">Called when one fails; the others stop then.</param>
    /// <returns>Completes when all have stopped and everything they sent is acknowledged; fails if one of them fails.</returns>
    public Task Start(Func<Task> failed)
    {
        var workers = Enumerable.Range(0, plan.Producers).Select(number => (Func<Task>)(() => Produce(number)))
            .Append(() => AskForOne(new Random(plan.Seed + 1_001)))
            .Append(() => AskForMany(new Random(plan.Seed + 1_002)));
        return Task.WhenAll(workers.Select(worker => Task.Run(async () =>
        {
            try
            {
                await worker();
            }
            catch
            {
                Stop();
                await failed();
                throw;
            }
        })));
    }

    /// <summary>Everybody finishes what they are at.</summary>
    public void Stop() => stopped = true;

    /// <summary>Assigns the plan's participants.</summary>
    public async Task EnrolMany()
    {
        foreach (var some in Enumerable.Range(0, plan.Participants).Select(person => string.Create(CultureInfo.InvariantCulture, $"person-{person}")).Chunk(Crowd))
        {
            await AssignMany(KillRun.Turned, some);
        }
    }

    private async Task Produce(int number)
    {
        var random = new Random(plan.Seed + number);
        var name = string.Create(CultureInfo.InvariantCulture, $"producer-{number}");
        var people = new List<string>();
        for (var sequence = 0; !stopped; sequence++)
        {
            var batch = new EventLines(name, sequence);
            if (sequence % 3 == 0)
            {
                // Every other time they were shown something elsewhere, which is reported at the head of the same batch.
                await Enrol(people, name, sequence, sequence % 2 == 1 ? batch : null);
            }

            Fill(batch, people, random);
            Check(batch, await server.Post(batch));
            ledger.Acknowledged(batch);
            lastBatches[name] = batch;
            await Rest();
        }
    }

    private async Task Enrol(List<string> people, string name, int sequence, EventLines? reports)
    {
        string[] identities = [.. Enumerable.Range(0, Enrolled).Select(i => string.Create(CultureInfo.InvariantCulture, $"{name}-{sequence}-{i}"))];
        foreach (var experiment in KillRun.Experiments)
        {
            if (reports is null)
            {
                await AssignMany(experiment, identities);
                continue;
            }

            for (var i = 0; i < identities.Length; i++)
            {
                reports.Expose(experiment, identities[i], Arms[i % Arms.Length]);
            }
        }

        people.AddRange(identities);
    }

    private void Fill(EventLines batch, List<string> people, Random random)
    {
        for (var left = random.Next(1, plan.MostLines + 1); left > 0; left--)
        {
            var identity = people[random.Next(people.Count)];
            switch (random.Next(4))
            {
                case 0:
                    batch.Visit("visits", "visitor-" + identity, random.Next(1, 4), FirstDay.AddDays(random.Next(5)));
                    break;
                case 1:
                    batch.Track("revenue", identity, random.Next(100), withId: random.Next(3) == 0);
                    break;
                default:
                    batch.Track("signup", identity, 1, withId: random.Next(3) == 0);
                    break;
            }
        }
    }

    private static void Check(EventLines batch, JsonElement receipt)
    {
        var told = receipt.GetProperty("accepted").GetInt64() + receipt.GetProperty("duplicates").GetInt64() + receipt.GetProperty("ignored").GetInt64();
        if (told != batch.Count || receipt.GetProperty("rejectedCount").GetInt64() != 0)
        {
            throw new InvalidOperationException($"Batch {batch.Producer} of {batch.Count} good lines was answered {receipt}.");
        }
    }

    private async Task AskForOne(Random random)
    {
        for (var number = 0; !stopped; number++)
        {
            var experiment = KillRun.Experiments[number % 2];
            var answer = await server.Post($"/v1/experiments/{experiment}/assignments", $$"""{"identity":"{{Whoever(random)}}"}""");
            Note(experiment, answer);
            await Rest();
        }
    }

    private async Task AskForMany(Random random)
    {
        for (var number = 0; !stopped; number++)
        {
            await AssignMany(KillRun.Experiments[number % 2], [.. Enumerable.Range(0, random.Next(1, 100)).Select(_ => Whoever(random))]);
            await Rest();
        }
    }

    /// <summary>One of a few thousand whom both askers draw from, or somebody who was answered before.</summary>
    private string Whoever(Random random) =>
        (random.Next(2) == 0 ? ledger.Somebody(random) : null) ?? string.Create(CultureInfo.InvariantCulture, $"walk-in-{random.Next(4_000)}");

    private async Task AssignMany(string experiment, IReadOnlyList<string> identities)
    {
        var answer = await server.Post($"/v1/experiments/{experiment}/assignments", $$"""{"identities":["{{string.Join("\",\"", identities)}}"]}""");
        foreach (var assignment in answer.GetProperty("assignments").EnumerateArray())
        {
            Note(experiment, assignment);
        }
    }

    private Task Rest() => plan.Rest > TimeSpan.Zero ? Task.Delay(plan.Rest) : Task.CompletedTask;

    private void Note(string experiment, JsonElement assignment) => ledger.Answered(
        experiment,
        assignment.GetProperty("identity").GetString()!,
        assignment.GetProperty("alternative").GetString()!,
        assignment.GetProperty("epoch") is { ValueKind: JsonValueKind.Number } epoch ? epoch.GetInt64() : null);
}
