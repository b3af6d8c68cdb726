using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Participants;
using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

public class RecoveryTests
{
    [Fact]
    public void An_empty_journal_leaves_the_plan_of_the_constructor()
    {
        var shard = Recover(Plan() with { Version = 9, Epoch = 4 }, [], []);
        Assert.Equal(9, shard.Plan.Version);
        Assert.Equal(0, shard.Participants);
    }

    [Fact]
    public void The_journal_knows_the_plan_its_facts_were_decided_under()
    {
        var shard = new ShardFixture(Plan() with { Version = 3, Epoch = 2 });
        shard.Assign("ann");
        var newer = Plan() with { Version = 7, Epoch = 5, Metrics = [.. Plan().Metrics, new("more", MetricKind.Conversion)] };
        var recovered = Recover(newer, [], shard.Journal);
        Assert.Equal(3, recovered.Plan.Version);
        Assert.True(recovered.Switch(newer, new ShardLog()));
        Assert.True(recovered.TryFind(Key("ann"), out var answer));
        Assert.Equal(2, answer.Epoch);
    }

    [Fact]
    public void Replaying_begins_from_nothing_whatever_was_there()
    {
        var shard = Lived();
        var again = shard.Recovered();
        again.Begin();
        foreach (var entry in shard.Journal)
        {
            again.Entry(entry);
        }

        again.End();
        Assert.Equal(Bits(shard.Shard), Bits(again));
    }

    [Fact]
    public void A_snapshot_of_many_people_comes_in_parts_of_at_most_1_MB()
    {
        var shard = Crowd(60_000);
        var parts = shard.Shard.Snapshot();
        Assert.True(parts.Count > 4);
        Assert.All(parts, part => Assert.InRange(part.Length, 1, 1_000_000));
        var recovered = Recover(Plan(), parts, []);
        Assert.Equal(Bits(shard.Shard), Bits(recovered));
        Assert.True(recovered.MemoryBytes <= shard.Shard.MemoryBytes * 1.5);
    }

    [Fact]
    public void A_recovered_shard_goes_on_like_the_one_that_was_lost()
    {
        var shard = Lived();
        var recovered = shard.Recovered();
        var log = new ShardLog();
        for (var i = 0; i < 500; i++)
        {
            var question = new ShardQuestion(Key($"later{i}"), (ushort)i, -1, ShardQuestionFlags.None, Noon + i);
            log.Clear();
            var one = shard.Turn(l => shard.Shard.Assign(question, l));
            Assert.Equal(one, recovered.Assign(question, log));
            Assert.Equal(shard.Journal[^1], log.Written.ToArray());
        }

        Assert.Equal(Bits(shard.Shard), Bits(recovered));
    }

    [Fact]
    public void A_shard_of_another_generation_refuses_the_journal()
    {
        var shard = Lived();
        Assert.Throws<InvalidDataException>(() => Recover(Plan() with { Generation = 2 }, [], shard.Journal));
        Assert.Throws<InvalidDataException>(() => Recover(Plan() with { Generation = 2 }, shard.Shard.Snapshot(), []));
    }

    [Fact]
    public void A_snapshot_with_a_part_missing_or_out_of_order_is_refused()
    {
        var parts = Crowd(30_000).Shard.Snapshot();
        for (var missing = 0; missing < parts.Count; missing++)
        {
            var rest = parts.Where((_, i) => i != missing).ToArray();
            Assert.Throws<InvalidDataException>(() => Recover(Plan(), rest, []));
        }

        Assert.Throws<InvalidDataException>(() => Recover(Plan(), [.. parts.Reverse()], []));
        Assert.Throws<InvalidDataException>(() => Recover(Plan(), [parts[0], parts[2], parts[1], .. parts.Skip(3)], []));
    }

    [Fact]
    public void An_entry_cut_short_or_of_another_version_is_refused()
    {
        var shard = Lived();
        foreach (var entry in shard.Journal.Take(8))
        {
            for (var length = 0; length < entry.Length; length++)
            {
                var cut = entry[..length];
                var reader = new ParticipantShard(Plan());
                reader.Begin();
                foreach (var before in shard.Journal.TakeWhile(e => e != entry))
                {
                    reader.Entry(before);
                }

                // A cut between two facts looks whole: it is the journal's checksum that notices.
                try
                {
                    reader.Entry(cut);
                }
                catch (InvalidDataException)
                {
                    continue;
                }

                Assert.True(length > 0);
            }
        }

        Assert.Throws<InvalidDataException>(() => new ParticipantShard(Plan()).Entry([2, 1]));
        Assert.Throws<InvalidDataException>(() => new ParticipantShard(Plan()).SnapshotPart([2, 1]));
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_but_never_break_out()
    {
        var shard = Lived();
        var random = new System.Random(11);
        var snapshot = shard.Shard.Snapshot();
        var refused = 0;
        for (var i = 0; i < 600; i++)
        {
            var entries = shard.Journal.Select(e => (byte[])e.Clone()).ToArray();
            var parts = snapshot.Select(p => p.ToArray()).ToArray();
            var damaged = i % 2 == 0 ? entries[random.Next(Math.Min(20, entries.Length))] : parts[random.Next(parts.Length)];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                var read = i % 2 == 0 ? Recover(Plan(), [], entries) : Recover(Plan(), [.. parts.Select(p => (ReadOnlyMemory<byte>)p)], []);
                ExperimentStatistics.Merge([read.Statistics(Noon)]);
                read.History();
                read.Snapshot();
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(refused > 150);
    }

    [Fact]
    public void A_batch_that_is_none_is_refused()
    {
        var writer = new ShardBatchWriter();
        writer.AddTrack(1, 0, 1, Noon);
        var bytes = writer.Written.Bytes.ToArray();
        Assert.Throws<InvalidDataException>(() => ShardBatch.Read(bytes.AsMemory(0, 31)));
        Assert.Throws<InvalidDataException>(() => ShardBatch.Read(bytes.AsMemory(0, 63)));
        bytes[0] = 2;
        Assert.Throws<InvalidDataException>(() => ShardBatch.Read(bytes));
        Assert.Equal(0, default(ShardBatch).Count);
    }

    [Fact]
    public void A_plan_comes_back_as_it_was()
    {
        var buckets = Halves();
        buckets[17] = ShardPlan.NotInTraffic;
        var plan = Plan() with { Epoch = 65_535, Alternatives = 256, Removed = [.. Enumerable.Range(0, 256).Select(i => i % 3 == 0)], Outcome = 255, Status = ExperimentStatus.Completed, Buckets = buckets };
        var back = ShardPlanCodec.Read(ShardPlanCodec.Write(plan));
        Assert.Equal(plan with { Buckets = default, Metrics = [], Removed = [] }, back with { Buckets = default, Metrics = [], Removed = [] });
        Assert.Equal(plan.Buckets.ToArray(), back.Buckets.ToArray());
        Assert.Equal(plan.Metrics, back.Metrics);
        Assert.Equal(plan.Removed, back.Removed);
    }

    [Fact]
    public void Times_of_assignment_are_kept_for_17_years_either_way_of_the_first()
    {
        const long Year = 31_556_952_000;
        var shard = new ShardFixture();
        shard.Expose("now", 0, at: Noon);
        shard.Expose("past", 0, at: Noon - (17 * Year), now: Noon);
        shard.Expose("ancient", 0, at: 0, now: Noon);
        shard.Expose("future", 0, at: Noon + (17 * Year), now: Noon + (17 * Year));
        Assert.Equal(Noon - (17 * Year), shard.Describe("past")!.AssignedAtMs);
        Assert.Equal(Noon - (1L << 39) + 1, shard.Describe("ancient")!.AssignedAtMs);
        Assert.Equal(Noon + (17 * Year), shard.Describe("future")!.AssignedAtMs);
        Assert.Equal(Bits(shard.Shard), Bits(shard.Recovered()));
    }

    [Fact]
    public void Questions_asked_together_are_answered_as_if_asked_one_by_one()
    {
        var (one, many) = (new ShardFixture(), new ShardFixture());
        var questions = Enumerable.Range(0, 100).Select(i => new ShardQuestion(Key(i % 70), (ushort)(i * 97), -1, ShardQuestionFlags.None, Noon)).ToArray();
        var answers = new ShardAnswer[100];
        many.Turn(log =>
        {
            many.Shard.Assign(questions, answers, log);
            return 0;
        });
        Assert.Equal(questions.Select(q => one.Turn(log => one.Shard.Assign(q, log))), answers);
        Assert.Equal(70, answers.Count(a => a.New));
        Assert.Single(many.Journal);
        Assert.Equal(AssignmentReason.Sticky, answers[99].Reason);
    }

    private static ShardFixture Lived()
    {
        var shard = new ShardFixture();
        for (var i = 0; i < 200; i++)
        {
            shard.Assign($"p{i}", bucket: i * 37 % 10_000);
            shard.Track($"p{i / 2}", metric: i % 2, value: 1 + i, id: (ulong)i);
            shard.Track($"nobody{i}");
        }

        shard.Force("p3", 1);
        shard.Apply(b => b.SetProducer(3, 4), Noon);
        return shard;
    }

    private static ShardFixture Crowd(int people)
    {
        var shard = new ShardFixture();
        for (var i = 0; i < people; i++)
        {
            shard.Assign($"p{i}", bucket: i % 10_000);
            shard.Track($"p{i}", metric: 1, value: i, id: (ulong)i + 1);
        }

        return shard;
    }
}
