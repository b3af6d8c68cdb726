using System.Globalization;
using Bandstand.Timesteps;

namespace Bandstand.Cli.Simulate;

/// <summary>Policies as they are typed: a name and settings, such as <c>adaptive</c> or <c>classic:count-multiplier=1,alpha=0.2</c>.</summary>
internal static class PolicyText
{
    /// <summary>Reads a policy.</summary>
    /// <exception cref="CommandException">It is none; the message says what can be typed.</exception>
    public static ITimestepPolicy Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        var settings = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var setting in colon < 0 ? [] : text[(colon + 1)..].Split(','))
        {
            var parts = setting.Split('=');
            if (parts.Length != 2 || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !settings.TryAdd(parts[0], value))
            {
                throw Wrong(text, $"'{setting}' is no setting");
            }
        }

        try
        {
            ITimestepPolicy policy = name switch
            {
                "classic" => new ClassicTimestepPolicy(
                    Take("alpha", ClassicTimestepPolicy.DefaultAlpha), CountMultiplier: Take("count-multiplier", ClassicTimestepPolicy.DefaultCountMultiplier)),
                "adaptive" => new AdaptiveTimestepPolicy(
                    Take("certainty", AdaptiveTimestepPolicy.DefaultCertainty), Take("spell", AdaptiveTimestepPolicy.DefaultSpell)),
                _ => throw Wrong(text, $"there is no policy '{name}'"),
            };
            return settings.Count == 0 ? policy : throw Wrong(text, $"'{name}' has no setting '{settings.Keys.First()}'");
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw Wrong(text, error.Message);
        }

        double Take(string key, double usual) => settings.Remove(key, out var value) ? value : usual;
    }

    private static CommandException Wrong(string text, string why) => new(
        $"--policy {text}: {why}. Use classic:alpha=0.05,count-multiplier=5 or adaptive:certainty=0.4,spell=12; settings may be left out.", ExitCode.Usage);
}
