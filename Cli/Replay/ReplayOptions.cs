using Bandstand.Timesteps;

namespace Bandstand.Cli.Replay;

/// <summary>What was asked of a replay.</summary>
/// <param name="Data">The folder with the files, as a full path.</param>
/// <param name="Out">The folder for the tables, as a full path.</param>
/// <param name="Policy">How winners are decided.</param>
/// <param name="MaxTimestep">The last timestep to replay, or null for all that are there.</param>
/// <param name="Raw">Whether the rows are collected in one table.</param>
/// <param name="Follow">Whether to wait for files that are not there yet.</param>
/// <param name="Fresh">Whether to begin anew where an earlier run left tables.</param>
internal sealed record ReplayOptions(
    string Data, string Out, ITimestepPolicy Policy, int? MaxTimestep = null, bool Raw = false, bool Follow = false, bool Fresh = false)
{
    /// <summary>Bytes read at a time. The tables do not depend on it, nor on how many cores there are.</summary>
    public int ChunkSize { get; init; } = 1 << 20;

    /// <summary>How many chunks are folded at the same time.</summary>
    public int Workers { get; init; } = Math.Min(Environment.ProcessorCount, 16);
}
