using Bandstand.Experiments;
using Bandstand.Participants;
using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

/// <summary>A life of a shard and of its model side by side, drawn from a seed: everything that can happen does.</summary>
internal sealed class RandomHistory
{
    private readonly System.Random random;
    private readonly int crowd;
    private long now = Noon;
    private long sequence;

    public RandomHistory(int seed)
    {
        random = new System.Random(seed);
        crowd = random.Next(5, 120);
        Model = new ShardModel(Plan());
        Shard = new ShardFixture();
    }

    public ShardFixture Shard { get; }

    public ShardModel Model { get; }

    public long Now => now;

    public IEnumerable<ulong> Everybody => Enumerable.Range(0, crowd).Select(Key);

    public void Step()
    {
        now += random.Next(20) == 0 ? random.Next(40_000_000) : random.Next(20_000);
        switch (random.Next(40))
        {
            case < 14:
                Assign();
                break;
            case < 34:
                Apply();
                break;
            case < 36:
            {
                var (key, alternative) = (Somebody(), random.Next(-1, Model.Plan.Alternatives));
                Shard.Turn(log =>
                {
                    Shard.Shard.Force(key, alternative, log);
                    return 0;
                });
                Model.Force(key, alternative);
                break;
            }

            case < 38:
            {
                var key = Somebody();
                Assert.Equal(Model.Erase(key), Shard.Turn(log => Shard.Shard.Erase(key, log)));
                break;
            }

            default:
                Switch();
                break;
        }
    }

    private void Assign()
    {
        var questions = Enumerable.Range(0, random.Next(1, 4)).Select(_ => new ShardQuestion(
            Somebody(),
            (ushort)random.Next(ShardPlan.BucketCount),
            -1,
            random.Next(3) > 0 ? ShardQuestionFlags.None : (ShardQuestionFlags)random.Next(16),
            now,
            random.Next(4) == 0 ? null : [.. Enumerable.Range(0, random.Next(Model.Plan.Segments.Count + 1)).Select(_ => Value())],
            random.Next(2) == 0 ? null : [.. Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(3) == 0 ? double.NaN : random.Next(-2, 50))])).ToArray();
        var answers = new ShardAnswer[questions.Length];
        Shard.Turn(log =>
        {
            Shard.Shard.Assign(questions, answers, log);
            return 0;
        });
        Assert.Equal(questions.Select(Model.Assign), answers);
    }

    private void Apply()
    {
        var events = Enumerable.Range(0, random.Next(0, random.Next(30) == 0 ? 200 : 20)).Select(_ => new ModelEvent(
            random.Next(3) == 0,
            Somebody(),
            random.Next(Model.Plan.Metrics.Count + 1),
            random.Next(2) == 0 ? 1 : random.Next(0, 100),
            random.Next(Model.Plan.Alternatives + 1),
            random.Next(-1, Model.Plan.Epoch + 2),
            now + random.Next(-40_000, 5_000),
            random.Next(3) == 0 ? (ulong)random.Next(1, 2_000) : 0)).ToArray();
        var producer = random.Next(3) == 0 ? (ulong)random.Next(1, 5) : 0;
        sequence = Math.Max(0, sequence + random.Next(-3, 5) + (random.Next(200) == 0 ? 900 : 0));
        var verdicts = Shard.Apply(
            batch =>
            {
                if (producer != 0)
                {
                    batch.SetProducer(producer, sequence);
                }

                foreach (var e in events)
                {
                    e.Write(batch);
                }
            },
            now);
        Assert.Equal(Model.Apply(events, producer, sequence, now), verdicts);
    }

    private void Switch()
    {
        var plan = Model.Plan with
        {
            Version = Model.Plan.Version + 1,
            Epoch = Model.Plan.Epoch + random.Next(2),
            Status = random.Next(4) > 0 ? ExperimentStatus.Running : (ExperimentStatus)random.Next(4),
            Outcome = random.Next(Model.Plan.Alternatives),
            Default = random.Next(Model.Plan.Alternatives),
            Metrics = [.. Model.Plan.Metrics.Select(m => m with { Active = random.Next(4) > 0 })],
            Segments = [.. Model.Plan.Segments.Select(s => s with { Active = random.Next(4) > 0 })],
        };
        if (random.Next(3) == 0 && plan.Metrics.Count < 9)
        {
            plan = plan with { Metrics = [.. plan.Metrics, Metric(plan.Metrics)] };
        }

        if (random.Next(3) == 0 && plan.Segments.Count < 6)
        {
            // Several at once share a word, and metrics that are added later stand behind them.
            plan = plan with { Segments = [.. plan.Segments, .. Enumerable.Range(0, random.Next(1, 6)).Select(i => new SegmentSlot($"s{plan.Segments.Count + i}", plan.Metrics.Count))] };
        }

        if (random.Next(3) == 0 && plan.Alternatives < 6)
        {
            plan = plan with { Alternatives = plan.Alternatives + 1, Removed = [] };
        }

        if (random.Next(2) == 0)
        {
            plan = plan with { Removed = [.. Enumerable.Range(0, plan.Alternatives).Select(_ => random.Next(5) == 0)] };
        }

        var buckets = new short[ShardPlan.BucketCount];
        for (var from = 0; from < buckets.Length; from += 2_500)
        {
            buckets.AsSpan(from, 2_500).Fill((short)random.Next(-1, plan.Alternatives));
        }

        plan = plan with { Buckets = buckets };
        Assert.True(Shard.Switch(plan));
        Model.Plan = plan;
    }

    /// <summary>A metric of any kind, mostly with a rule; or an event that others may be made of, now or later.</summary>
    private MetricSlot Metric(IReadOnlyList<MetricSlot> before)
    {
        var id = $"m{before.Count}";
        var kind = (MetricKind)random.Next(6);
        if (kind == MetricKind.Event)
        {
            return new(id, kind);
        }

        string Any() => random.Next(4) == 0 ? $"m{random.Next(9)}" : before[random.Next(before.Count)].Id;
        var isPair = kind is MetricKind.Ratio or MetricKind.Retention;
        var rule = new MetricRule
        {
            Cap = kind is MetricKind.Count or MetricKind.Value && random.Next(2) == 0 ? random.Next(1, 100) : null,
            Window = random.Next(2) == 0 ? TimeSpan.FromMinutes(random.Next(1, 2_000)) : null,
            Covariate = !isPair && random.Next(2) == 0 ? Any() : null,
            Numerator = isPair ? Any() : null,
            Denominator = isPair ? Any() : null,
        };
        return new(id, kind, Rule: rule.IsEmpty ? null : rule);
    }

    private string? Value() => random.Next(5) switch { 0 => null, 1 => SegmentValue.Other, var value => $"v{value}" };

    private ulong Somebody() => Key(random.Next(crowd));
}
