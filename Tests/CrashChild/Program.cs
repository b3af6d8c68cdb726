using System.Globalization;
using System.Text;
using Bandstand.CrashChild;
using Bandstand.Ports;
using Bandstand.Storage;

// Appends 1, 2, 3 … to the journals of several actors until it is killed, and prints "actor number" for each number whose
// append was acknowledged. Every number also has its share of bytes, so that rows of all sizes are cut short.
const int Actors = 6;
var store = SqliteJournalStore.Open(args[0], new SqliteStoreOptions { Host = "crash", CheckpointBytes = 256 << 10 });
var output = TextWriter.Synchronized(Console.Out);
await Task.WhenAll(Enumerable.Range(0, Actors).Select(actor => Task.Run(() => AppendForEver(actor))));

async Task AppendForEver(int actor)
{
    var journal = store.Open(new ActorKey(ActorKind.Shard, "crash", 1, actor));
    var numbers = new NumberReplay();
    await journal.Recover(numbers);
    var number = numbers.Last;
    var random = new Random(actor);
    while (true)
    {
        Task written = Task.CompletedTask;
        for (var batch = random.Next(1, 8); batch > 0; batch--)
        {
            number++;
            written = journal.Append(NumberReplay.Entry(number, random.Next(100) == 0 ? 30_000 : random.Next(200)));
        }

        if (journal.BytesSinceSnapshot > 100_000)
        {
            // Two parts, the second large enough that the snapshot takes several steps.
            _ = journal.Snapshot([Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)), new byte[1 << 20], new byte[1 << 10]]);
        }

        await written;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{actor} {number}"));
    }
}
