namespace Bandstand.Grains.Wire;

/// <summary>Whether a shard could answer with what the caller knew.</summary>
public enum ShardStatus : byte
{
    /// <summary>It answered.</summary>
    Done = 0,

    /// <summary>It did nothing: its plan is newer than the caller's. Read the experiment again and ask again.</summary>
    CallerIsStale = 1,

    /// <summary>It did nothing: its generation is over. Read the experiment again.</summary>
    GenerationIsOver = 2,
}
