using System.Globalization;
using Bandstand.Ports;

namespace Bandstand.Tests.Cluster.Journal;

/// <summary>
/// Three owners of one actor, every request to the storage held and then met by a random fate in a random order. Whatever
/// the order: what was acknowledged is there once, and nobody with an older claim is believed after a newer recovery.
/// </summary>
public sealed class JournalTortureTests
{
    [Theory]
    [InlineData(1, 300)]
    [InlineData(1001, 300)]
    [InlineData(2001, 300)]
    public void Acknowledged_entries_are_there_once_whatever_happens(int firstSeed, int runs)
    {
        var acknowledged = 0;
        for (var seed = firstSeed; seed < firstSeed + runs; seed++)
        {
            acknowledged += new Run(seed).Go(150);
        }

        Assert.True(acknowledged > runs * 5, $"Only {acknowledged} entries were acknowledged: the runs show nothing.");
    }

    private sealed class Run(int seed)
    {
#pragma warning disable CA5394 // A seed that can be repeated is the point.
        private readonly Random random = new(seed);
        private readonly SimulatedGrainStorage storage = new() { Decide = (_, _) => Fate.Hold };
        private readonly List<Activation> activations = [];
        private readonly List<(string Word, long Claim)> acknowledged = [];
        private readonly List<string> appended = [];

        public int Go(int steps)
        {
            for (var i = 0; i < 3; i++)
            {
                activations.Add(new Activation(new JournalOwner(storage)));
            }

            for (var i = 0; i < steps; i++)
            {
                if (storage.Held > 0 && random.Next(10) < 8)
                {
                    storage.Release(random.Next(storage.Held), RandomFate());
                }
                else
                {
                    Act(activations[random.Next(activations.Count)]);
                }

                Observe();
            }

            Settle();
            return acknowledged.Count;
        }

        private Fate RandomFate() => random.Next(40) switch
        {
            0 => Fate.Fail,
            1 => Fate.LandAndFail,
            2 => Fate.LandAndConflict,
            _ => Fate.Land,
        };

        private void Act(Activation activation)
        {
            if (activation.Recovery is { IsCompleted: false })
            {
                return;
            }

            if (!activation.Serves || random.Next(40) == 0)
            {
                activation.AcknowledgedBefore = [.. acknowledged.Select(entry => entry.Word)];
                activation.Recovery = activation.Owner.Recover();
                activation.Serves = false;
            }
            else if (activation.Owner.Journal.SnapshotDue || random.Next(12) == 0)
            {
                activation.Pending.Add(("", activation.Owner.Journal.Claim, activation.Owner.Snapshot()));
            }
            else
            {
                var word = JournalOwner.Word(appended.Count, random.Next(8) == 0 ? 400 : random.Next(4, 120));
                appended.Add(word);
                activation.Pending.Add((word, activation.Owner.Journal.Claim, activation.Owner.Append(word)));
            }
        }

        private void Observe()
        {
            foreach (var activation in activations)
            {
                if (activation is { Serves: false, Recovery.IsCompletedSuccessfully: true })
                {
                    activation.Serves = true;
                    activation.Recovery = null;
                    activation.Recovered = [.. activation.Owner.Words];
                    Check(activation.AcknowledgedBefore.All(activation.Recovered.Contains), "a recovery misses what was acknowledged before it began");
                    Check(activation.Recovered.Distinct().Count() == activation.Recovered.Count, "a recovery has an entry twice");
                    Check(activation.Recovered.All(appended.Contains), "a recovery has an entry that nobody appended");
                }
                else if (activation.Recovery is { IsCompleted: true, IsCompletedSuccessfully: false } failed)
                {
                    Check(failed.Exception!.InnerException is JournalUnavailableException, failed.Exception.InnerException!.ToString());
                    activation.Recovery = null;
                }

                foreach (var (word, claim, task) in activation.Pending.Where(pending => pending.Task.IsCompleted).ToList())
                {
                    if (!task.IsCompletedSuccessfully)
                    {
                        Check(task.Exception!.InnerException is JournalUnavailableException, task.Exception.InnerException!.ToString());
                        activation.Serves = false;
                    }
                    else if (word.Length > 0)
                    {
                        acknowledged.Add((word, claim));
                        Check(
                            activations.Where(other => other.Serves && other.Owner.Journal.Claim > claim).All(other => other.Recovered.Contains(word)),
                            "an older owner was believed after a newer one recovered without it");
                    }
                }

                activation.Pending.RemoveAll(pending => pending.Task.IsCompleted);
            }
        }

        private void Settle()
        {
            storage.Decide = (_, _) => Fate.Land;
            while (storage.Held > 0)
            {
                storage.Release(random.Next(storage.Held));
                Observe();
            }

            var last = new JournalOwner(storage);
            Check(last.Recover().IsCompletedSuccessfully, "the last recovery fails");
            Check(acknowledged.All(entry => last.Words.Contains(entry.Word)), "an acknowledged entry is lost");
            Check(last.Words.Distinct().Count() == last.Words.Count, "an entry is there twice");
            foreach (var session in acknowledged.GroupBy(entry => entry.Claim))
            {
                var places = session.Select(entry => last.Words.IndexOf(entry.Word)).ToList();
                Check(places.SequenceEqual(places.Order()), "entries changed places");
            }
        }

        private void Check(bool holds, string problem)
            => Assert.True(holds, string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: {problem}.\n{string.Join('\n', storage.Log.TakeLast(40))}"));
#pragma warning restore CA5394
    }

    private sealed class Activation(JournalOwner owner)
    {
        public JournalOwner Owner { get; } = owner;

        public bool Serves { get; set; }

        public Task? Recovery { get; set; }

        public List<string> AcknowledgedBefore { get; set; } = [];

        public List<string> Recovered { get; set; } = [];

        public List<(string Word, long Claim, Task Task)> Pending { get; } = [];
    }
}
