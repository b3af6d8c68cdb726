namespace Bandstand.Participants;

/// <summary>What a shard's journal and snapshots must hold to; a shard that read otherwise must not serve.</summary>
internal static class JournalCheck
{
    /// <exception cref="InvalidDataException">It does not hold; the message says that the journal does <paramref name="what"/>.</exception>
    public static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidDataException($"A shard's journal {what}.");
        }
    }

    /// <summary>The key of somebody.</summary>
    public static ulong Key(ulong key)
    {
        Require(key != 0, "names nobody");
        return key;
    }
}
