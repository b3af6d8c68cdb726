using System.Diagnostics.CodeAnalysis;

namespace Bandstand.Api;

/// <summary>
/// What Server and Silo are told on the command line, or else by environment variables (<c>BANDSTAND_ADMIN_KEY</c> for
/// <c>--admin-key</c> and so on). Immutable.
/// </summary>
public sealed record HostArguments
{
    /// <summary>One line that says what can be given.</summary>
    public const string Usage =
        "Options: --urls URL[;URL] --data DIR --admin-key KEY --client-key KEY --allow-origin ORIGIN (repeatable) --keep-events --collect true|false";

    private static readonly string[] Names = ["urls", "data", "admin-key", "client-key", "allow-origin", "keep-events", "collect"];

    /// <summary>Where to listen; http only. Default http://127.0.0.1:5080.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:5080"];

    /// <summary>The data folder, as a full path. Default ./data.</summary>
    public string DataFolder { get; init; } = Path.GetFullPath("data");

    /// <summary>Keys and origins.</summary>
    public ApiOptions Api { get; init; } = new();

    /// <summary>True: raw events are kept.</summary>
    public bool KeepEvents { get; init; }

    /// <summary>False: assigns by hash, stores and counts nothing.</summary>
    public bool Collect { get; init; } = true;

    /// <summary>Reads the command line, then the environment for what it does not say.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="environment">Gives an environment variable or null.</param>
    /// <param name="arguments">What was read.</param>
    /// <param name="error">What is wrong and the remedy, in one line.</param>
    public static bool TryParse(
        IReadOnlyList<string> args,
        Func<string, string?> environment,
        [NotNullWhen(true)] out HostArguments? arguments,
        [NotNullWhen(false)] out string? error)
    {
        arguments = null;
        var given = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        error = ReadLine(args, given);
        if (error is not null)
        {
            return false;
        }

        foreach (var name in Names.Where(n => !given.ContainsKey(n)))
        {
            var variable = "BANDSTAND_" + name.Replace('-', '_').ToUpperInvariant();
            if (environment(variable) is { Length: > 0 } value)
            {
                given[name] = name == "allow-origin" ? [.. value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)] : [value];
            }
        }

        (arguments, error) = Make(given);
        return error is null;
    }

    private static string? ReadLine(IReadOnlyList<string> args, Dictionary<string, List<string>> given)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i] : args[i][..equals];
            if (!name.StartsWith("--", StringComparison.Ordinal) || !Names.Contains(name[2..]))
            {
                return $"{Shown(name)} is not an option. {Usage}";
            }

            name = name[2..];
            string value;
            if (equals >= 0)
            {
                value = args[i][(equals + 1)..];
            }
            else if (name == "keep-events" && (i + 1 == args.Count || args[i + 1] is not ("true" or "false")))
            {
                value = "true";
            }
            else if (i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                value = args[++i];
            }
            else
            {
                return $"--{name} needs a value. {Usage}";
            }

            if (given.TryGetValue(name, out var values) && name != "allow-origin")
            {
                return $"--{name} is given twice. Give it once.";
            }

            (values ?? (given[name] = [])).Add(value);
        }

        return null;
    }

    private static (HostArguments? Arguments, string? Error) Make(Dictionary<string, List<string>> given)
    {
        var made = new HostArguments();
        if (given.TryGetValue("urls", out var urls))
        {
            made = made with { Urls = urls[0].Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) };
        }

        if (given.TryGetValue("data", out var data))
        {
            if (data[0].Length == 0)
            {
                return (null, "--data needs a folder.");
            }

            made = made with { DataFolder = Path.GetFullPath(data[0]) };
        }

        var (keep, keepError) = Flag(given, "keep-events", made.KeepEvents);
        var (collect, collectError) = Flag(given, "collect", made.Collect);
        made = made with
        {
            KeepEvents = keep,
            Collect = collect,
            Api = made.Api with
            {
                AdminKey = given.GetValueOrDefault("admin-key")?[0],
                ClientKey = given.GetValueOrDefault("client-key")?[0],
                AllowedOrigins = given.GetValueOrDefault("allow-origin") ?? [],
            },
        };
        var error = keepError ?? collectError ?? HostRules.Check(made);
        return error is null ? (made, null) : (null, error);
    }

    private static (bool Value, string? Error) Flag(Dictionary<string, List<string>> given, string name, bool otherwise) =>
        !given.TryGetValue(name, out var values) ? (otherwise, null)
        : values[0] is "true" or "false" ? (values[0] == "true", null)
        : (otherwise, $"--{name} is true or false, not {Shown(values[0])}.");

    private static string Shown(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
