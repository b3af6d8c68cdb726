using System.Text.Json;
using System.Text.Json.Serialization;
using Bandstand.Timesteps;

namespace Bandstand.Cli.Replay;

/// <summary>
/// How far a replay has come: written after each timestep under another name and renamed, so that it is either the old or the new one. What is in
/// the tables beyond the lengths it holds belongs to a timestep that was not closed.
/// </summary>
internal sealed record ReplayState
{
    public const string FileName = "replay-state.json";
    private const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
    };

    public int Version { get; init; } = CurrentVersion;

    /// <summary>The options that the tables depend on.</summary>
    public required string Data { get; init; }

    public TimestepTest? Test { get; init; }

    public double? Alpha { get; init; }

    public double? CountMultiplier { get; init; }

    /// <summary>Of the adaptive policy; null under the classic one, whose settings are null under this one.</summary>
    public double? Certainty { get; init; }

    public double? Spell { get; init; }

    /// <summary>What the adaptive policy learns from: the latest timesteps that were closed.</summary>
    public IReadOnlyList<TimestepResult> Closed { get; init; } = [];

    public required bool Raw { get; init; }

    /// <summary>The first timestep that is not closed.</summary>
    public int Next { get; init; }

    public required string Winner { get; init; }

    /// <summary>Changes of the winner so far.</summary>
    public int Switches { get; init; }

    /// <summary>Lengths of the tables in bytes after the last closed timestep.</summary>
    public long WinnerLength { get; init; }

    public long StatsLength { get; init; }

    public long RawLength { get; init; }

    /// <summary>The state before timestep 0.</summary>
    public static ReplayState Begin(ReplayOptions options, string winner)
    {
        var (classic, adaptive) = (options.Policy as ClassicTimestepPolicy, options.Policy as AdaptiveTimestepPolicy);
        return new()
        {
            Data = options.Data,
            Test = classic?.Test,
            Alpha = classic?.Alpha,
            CountMultiplier = classic?.CountMultiplier,
            Certainty = adaptive?.Certainty,
            Spell = adaptive?.Spell,
            Raw = options.Raw,
            Winner = winner,
        };
    }

    /// <summary>The state after the close of the next timestep.</summary>
    public ReplayState After(TimestepResult result) => this with
    {
        Next = Next + 1,
        Winner = result.Winner,
        Switches = Switches + (result.Changed ? 1 : 0),
        Closed = Certainty is null ? [] : [.. Closed.TakeLast(AdaptiveTimestepPolicy.Memory - 1), result],
    };

    /// <summary>Reads the state of an earlier run, null if there is none.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static ReplayState? Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var state = JsonSerializer.Deserialize<ReplayState>(File.ReadAllBytes(path), Json);
            return state?.Version == CurrentVersion
                ? state
                : throw new CommandException($"{path} is of version {state?.Version}; this program writes {CurrentVersion}. Use --fresh to begin anew.");
        }
        catch (JsonException error)
        {
            throw new CommandException($"{path} cannot be read ({error.Message}). Use --fresh to begin anew.", inner: error);
        }
    }

    public void Save(string folder)
    {
        var path = Path.Combine(folder, FileName);
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(this, Json));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Refuses to go on with options that would have made other tables.</summary>
    /// <exception cref="CommandException">An option differs.</exception>
    public void RequireSame(ReplayOptions options)
    {
        var now = Begin(options, Winner);
        var difference =
            Data != now.Data ? $"--data {Data}"
            : Certainty is null != now.Certainty is null ? $"--policy {(Certainty is null ? "classic" : "adaptive")}"
            : Certainty != now.Certainty ? FormattableString.Invariant($"--certainty {Certainty}")
            : Spell != now.Spell ? FormattableString.Invariant($"--spell {Spell}")
            : Test != now.Test ? $"--test {Test.ToString()!.ToLowerInvariant()}"
            : Alpha != now.Alpha ? FormattableString.Invariant($"--alpha {Alpha}")
            : CountMultiplier != now.CountMultiplier ? FormattableString.Invariant($"--count-multiplier {CountMultiplier}")
            : Raw != now.Raw ? (Raw ? "--raw" : "no --raw")
            : options.MaxTimestep + 1 < Next ? $"timesteps up to {Next - 1}"
            : null;
        if (difference is not null)
        {
            throw new CommandException(
                $"{options.Out} holds a replay that was begun with {difference}: use the same options to go on, another --out, or --fresh to begin anew.");
        }
    }
}
