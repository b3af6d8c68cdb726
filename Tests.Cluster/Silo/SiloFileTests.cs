using Bandstand.Silo.Providers.Sqlite;
using Bandstand.Storage;

namespace Bandstand.Tests.Cluster.Silo;

public sealed class SiloFileTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_server_refuses_a_silos_file()
    {
        new SiloDatabase(folder.Path).Dispose();

        Assert.Equal("storage-other-host", (await Assert.ThrowsAsync<StorageException>(async () => await SqliteJournalStore.Open(folder.Path, Server).DisposeAsync())).Code);
    }

    [Fact]
    public async Task A_silo_refuses_a_servers_file_and_leaves_it_as_it_is()
    {
        await SqliteJournalStore.Open(folder.Path, Server).DisposeAsync();
        var before = File.ReadAllBytes(Path.Combine(folder.Path, "bandstand.db"));

        Assert.Equal("storage-other-host", Assert.Throws<StorageException>(() => new SiloDatabase(folder.Path)).Code);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(folder.Path, "bandstand.db")));
    }

    [Theory]
    [InlineData("This is no database, it is a text that is longer than the hundred bytes of the header of a SQLite file.", "storage-not-a-database")]
    [InlineData("short", "storage-not-a-database")]
    public void A_silo_refuses_what_is_no_database(string content, string code)
    {
        File.WriteAllText(Path.Combine(folder.Path, "bandstand.db"), content);

        Assert.Equal(code, Assert.Throws<StorageException>(() => new SiloDatabase(folder.Path)).Code);
        Assert.Equal(content, File.ReadAllText(Path.Combine(folder.Path, "bandstand.db")));
    }

    [Fact]
    public void A_silo_refuses_a_file_as_its_folder()
    {
        var path = Path.Combine(folder.Path, "file");
        File.WriteAllText(path, "");

        Assert.Equal("storage-not-a-folder", Assert.Throws<StorageException>(() => new SiloDatabase(path)).Code);
    }

    [Fact]
    public async Task Many_silos_may_create_the_file_at_once()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new SiloDatabase(folder.Path))));

        Assert.All(databases, database => database.Dispose());
    }

    private static readonly SqliteStoreOptions Server = new() { Host = "server" };
}
