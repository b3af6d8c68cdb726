using Bandstand.Ports;
using Bandstand.Storage;

namespace Bandstand.Tests.Storage;

public sealed class SqliteJournalStoreTests : JournalStoreConformance, IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    protected override IJournalStore Create(Func<Task>? commit = null) => SqliteJournalStore.Open(folder.Path, new SqliteStoreOptions
    {
        Host = "server",
        BeforeCommit = commit is null ? null : () => commit().GetAwaiter().GetResult(),
    });

    protected override async Task<IJournalStore> Reopen(IJournalStore store)
    {
        await store.DisposeAsync();
        return Create();
    }
}
