using Bandstand.Storage.Sqlite;

namespace Bandstand.Tests.Storage;

/// <summary>Looks into a closed store's file, or spoils it.</summary>
internal static class RawStore
{
    /// <summary>All rows that belong to actors, or once did.</summary>
    public static long CountRows(string folder)
    {
        using var database = Database.Open(Path.Combine(folder, "bandstand.db"), create: false);
        return new[] { "actors", "entries", "snapshots", "parts", "sweeps" }.Sum(table => database.Number($"SELECT count(*) FROM {table}") ?? 0);
    }

    /// <summary>Runs statements, and moves what they did into the file itself.</summary>
    public static void Execute(string folder, string sql)
    {
        using var database = Database.Open(Path.Combine(folder, "bandstand.db"), create: false);
        database.Execute(sql);
        database.CheckpointAndTruncate();
    }

    /// <summary>Changes the first byte of the only place in the file where these bytes stand.</summary>
    public static void Flip(string folder, ReadOnlySpan<byte> marker)
    {
        var path = Path.Combine(folder, "bandstand.db");
        var bytes = File.ReadAllBytes(path);
        var at = bytes.AsSpan().IndexOf(marker);
        Assert.True(at >= 0 && bytes.AsSpan(at + 1).IndexOf(marker) < 0, "The marker stands exactly once in the file.");
        bytes[at] ^= 0x01;
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Fills the page of rows on which these bytes stand with rubbish.</summary>
    public static void SpoilPage(string folder, ReadOnlySpan<byte> marker)
    {
        const int size = 4096;
        const byte leafOfRows = 13; // Other pages may hold the bytes too, left over from when they were one.
        using var file = new FileStream(Path.Combine(folder, "bandstand.db"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var page = new byte[size];
        var spoiled = 0;
        for (var at = 0L; at < file.Length; at += size)
        {
            file.Position = at;
            file.ReadExactly(page);
            if (page[0] == leafOfRows && page.AsSpan().IndexOf(marker) >= 0)
            {
                file.Position = at;
                file.Write(Enumerable.Repeat((byte)0xA7, size).ToArray());
                spoiled++;
            }
        }

        Assert.Equal(1, spoiled);
    }
}
