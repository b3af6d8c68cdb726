namespace Bandstand.Tests.Kill;

/// <summary>How hard and how often a server is killed.</summary>
internal sealed record KillPlan
{
    /// <summary>Bandstand.Server.dll or Bandstand.Silo.dll.</summary>
    public required string Assembly { get; init; }

    /// <summary>The data folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Decides every batch, every identity and after how many acknowledgements the server dies.</summary>
    public required int Seed { get; init; }

    /// <summary>How often it is killed under load.</summary>
    public required int Kills { get; init; }

    /// <summary>How many send batches of events.</summary>
    public int Producers { get; init; } = 4;

    /// <summary>The largest number of tracks in a batch.</summary>
    public int MostLines { get; init; } = 2_000;

    /// <summary>The most requests that are acknowledged between two kills.</summary>
    public int MostRequests { get; init; } = 80;

    /// <summary>How many are assigned in <see cref="KillRun.Turned"/>, whose shards are four, before anything else.</summary>
    public int Participants { get; init; }

    /// <summary>How long everybody rests between two requests.</summary>
    public TimeSpan Rest { get; init; }

    /// <summary>Told after every life of the server, one line.</summary>
    public Action<string> Report { get; init; } = _ => { };
}
