using System.Globalization;
using System.Text;
using Bandstand.Grains.Journal;
using Bandstand.Ports;

namespace Bandstand.Tests.Cluster.Journal;

/// <summary>One activation of the actor "price/1/0": it remembers the words it appended or replayed, in order.</summary>
internal sealed class JournalOwner : IJournalReplay
{
    public static readonly ActorKey Actor = new(ActorKind.Shard, "price", 1, 0);

    /// <summary>A ring so small that every test of a few lines goes round it.</summary>
    public static readonly JournalOptions Small = new() { RingSlots = 8, SlotBytes = 256, FillBytes = 96, SnapshotRecordBytes = 256, SnapshotAfterBytes = 100_000 };

    private static readonly GrainId Grain = GrainId.Create("shard", "price/1/0");

    public JournalOwner(SimulatedGrainStorage storage, JournalOptions? options = null)
        => Journal = new GrainStorageJournal(storage, Grain, Actor, options ?? Small);

    public GrainStorageJournal Journal { get; }

    public List<string> Words { get; } = [];

    public int PartsReplayed { get; private set; }

    public bool Ended { get; private set; }

    public static async Task<JournalOwner> Recovered(SimulatedGrainStorage storage, JournalOptions? options = null)
    {
        var owner = new JournalOwner(storage, options);
        await owner.Recover();
        return owner;
    }

    public Task Recover() => Journal.Recover(this, TestContext.Current.CancellationToken).AsTask();

    public Task Append(string word)
    {
        var appended = Journal.Append(Encoding.UTF8.GetBytes(word));
        Words.Add(word);
        return appended;
    }

    /// <summary>Appends words of so many bytes, each durable before the next.</summary>
    public async Task Fill(int count, int bytes = 100)
    {
        for (var i = 0; i < count; i++)
        {
            await Append(Word(Words.Count, bytes));
        }
    }

    public Task Snapshot() => Journal.Snapshot([.. Words.Chunk(3).Select(words => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(string.Join(' ', words)))]);

    public static string Word(int number, int bytes) => number.ToString(CultureInfo.InvariantCulture).PadRight(bytes, '.');

    void IJournalReplay.Begin()
    {
        Words.Clear();
        PartsReplayed = 0;
        Ended = false;
    }

    void IJournalReplay.SnapshotPart(ReadOnlySpan<byte> part)
    {
        PartsReplayed++;
        Words.AddRange(Encoding.UTF8.GetString(part).Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    void IJournalReplay.Entry(ReadOnlySpan<byte> entry) => Words.Add(Encoding.UTF8.GetString(entry));

    void IJournalReplay.End() => Ended = true;
}
