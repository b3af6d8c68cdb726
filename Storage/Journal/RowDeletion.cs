using Bandstand.Storage.Sqlite;

namespace Bandstand.Storage.Journal;

/// <summary>Deletes rows of one table a little at a time.</summary>
internal sealed class RowDeletion(Database database, string table)
{
    private const int MostRows = 256;
    private const long MostBytes = 256 << 10;

    private readonly Statement sizes = database.Prepare($"SELECT id, length(bytes) FROM {table} WHERE id BETWEEN ?1 AND ?2 ORDER BY id");
    private readonly Statement deletion = database.Prepare($"DELETE FROM {table} WHERE id BETWEEN ?1 AND ?2");

    /// <summary>Deletes the first rows of a range: at most 256, and no more than it takes to pass 256 KB.</summary>
    /// <returns>True when none is left.</returns>
    public bool DeleteSome(RowRange range)
    {
        var (rows, bytes, last, more) = (0, 0L, 0L, false);
        sizes.Bind(1, range.From).Bind(2, range.To);
        try
        {
            while (!more && sizes.Step())
            {
                last = sizes.Long(0);
                bytes += sizes.Long(1);
                rows++;
                more = rows == MostRows || bytes >= MostBytes;
            }
        }
        finally
        {
            sizes.Reset();
        }

        if (rows > 0)
        {
            deletion.Bind(1, range.From).Bind(2, last).Run();
        }

        return !more;
    }
}
