namespace Bandstand.Api;

/// <summary>
/// Counts what is under way, requests and bytes of bodies, and says no before it is too much. Thread-safe.
/// </summary>
internal sealed class Gate(ApiOptions options)
{
    private int requests;
    private int streams;
    private long bytes;

    /// <summary>Requests under way.</summary>
    public int Requests => Volatile.Read(ref requests);

    /// <summary>Bytes of bodies that are held.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Begins a request, unless there are too many; then it must be left.</summary>
    public bool TryEnter() => TryAdd(ref requests, options.MaxRequests);

    /// <summary>Ends a request.</summary>
    public void Leave() => Interlocked.Decrement(ref requests);

    /// <summary>Begins a stream of server-sent events, unless there are too many.</summary>
    public bool TryEnterStream() => TryAdd(ref streams, options.MaxStreams);

    /// <summary>Ends a stream.</summary>
    public void LeaveStream() => Interlocked.Decrement(ref streams);

    /// <summary>Takes room for bytes of a body, unless too much is taken.</summary>
    public bool TryTake(long count)
    {
        if (Interlocked.Add(ref bytes, count) <= options.MaxBufferedBytes)
        {
            return true;
        }

        Interlocked.Add(ref bytes, -count);
        return false;
    }

    /// <summary>Gives room back.</summary>
    public void Give(long count) => Interlocked.Add(ref bytes, -count);

    private static bool TryAdd(ref int counter, int limit)
    {
        if (Interlocked.Increment(ref counter) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref counter);
        return false;
    }
}
