using Bandstand.Storage.Sqlite;
using SQLitePCL;

namespace Bandstand.Storage.Journal;

/// <summary>
/// Keeps the write-ahead log short: once it holds so many bytes, it is moved into the database file between two groups,
/// after which it is written from its beginning again. Used by the writer's thread.
/// </summary>
internal sealed class WriteAheadLog(Database database, int checkpointBytes)
{
    private const int PageBytes = 4096;

    private readonly long limit = checkpointBytes / PageBytes;
    private long pages;
    private bool suspect;

    /// <summary>
    /// To be called after a failure. When a flush failed, the system may forget what it could not write and still call the
    /// next flush a success: a hole in the log before newer groups. So everything is moved out of such a log before it is
    /// used again. When there was no room, moving it makes the log's own room usable again.
    /// </summary>
    public void Failed(Exception cause)
    {
        if (cause is SqliteFailure failure)
        {
            suspect |= failure.IsInputOutput;
            pages = failure.IsFull ? limit : pages;
        }
    }

    /// <summary>Makes sure that what is written next can become durable.</summary>
    /// <exception cref="SqliteFailure">Not now.</exception>
    public void Renew()
    {
        if (suspect)
        {
            if (!database.CheckpointAndTruncate())
            {
                throw new SqliteFailure(raw.SQLITE_BUSY, "a recovery still reads the log in which a write failed");
            }

            suspect = false;
        }
    }

    /// <summary>Moves the log into the file when it is long enough.</summary>
    public void MoveIfDue()
    {
        pages += database.TakePagesWritten();
        if (pages < limit)
        {
            return;
        }

        // A reader may still need the end of the log; or the file cannot grow, and the log is all there is.
        pages = limit * 3 / 4;
        try
        {
            if (database.Checkpoint())
            {
                pages = 0;
            }
        }
        catch (SqliteFailure failure)
        {
            suspect |= failure.IsInputOutput;
        }
    }
}
