using System.Text;
using Bandstand.Ports;

namespace Bandstand.Tests.Storage;

/// <summary>Lets tests speak of entries as texts.</summary>
internal static class JournalText
{
    public static ActorKey Shard(int index, string name = "price") => new(ActorKind.Shard, name, 1, index);

    public static Task Append(this IJournal journal, string entry) => journal.Append(Encoding.UTF8.GetBytes(entry));

    public static Task Snapshot(this IJournal journal, params string[] parts) =>
        journal.Snapshot([.. parts.Select(part => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(part))]);
}
