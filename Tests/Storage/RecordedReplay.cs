using System.Text;
using Bandstand.Ports;

namespace Bandstand.Tests.Storage;

/// <summary>Writes down what a recovery feeds.</summary>
internal sealed class RecordedReplay : IJournalReplay
{
    public List<string> Parts { get; } = [];

    public List<string> Entries { get; } = [];

    public bool Ended { get; private set; }

    public static async Task<RecordedReplay> Of(IJournal journal)
    {
        var replay = new RecordedReplay();
        await journal.Recover(replay, TestContext.Current.CancellationToken);
        Assert.True(replay.Ended);
        return replay;
    }

    public void Begin()
    {
        Parts.Clear();
        Entries.Clear();
        Ended = false;
    }

    public void SnapshotPart(ReadOnlySpan<byte> part) => Parts.Add(Encoding.UTF8.GetString(part));

    public void Entry(ReadOnlySpan<byte> entry) => Entries.Add(Encoding.UTF8.GetString(entry));

    public void End() => Ended = true;
}
