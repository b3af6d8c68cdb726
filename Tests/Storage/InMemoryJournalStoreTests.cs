using Bandstand.Ports;
using Bandstand.Storage;

namespace Bandstand.Tests.Storage;

public sealed class InMemoryJournalStoreTests : JournalStoreConformance
{
    protected override IJournalStore Create(Func<Task>? commit = null) => new InMemoryJournalStore(commit);

    protected override async Task<IJournalStore> Reopen(IJournalStore store)
    {
        await store.DisposeAsync();
        return ((InMemoryJournalStore)store).Restart();
    }
}
