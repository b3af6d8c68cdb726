using System.Globalization;
using System.Text;

namespace Bandstand.Tests.Kill;

/// <summary>One batch of a producer: its lines, and what they must have counted once it is acknowledged.</summary>
/// <param name="producer">The producer's name.</param>
/// <param name="sequence">The number of the batch.</param>
internal sealed class EventLines(string producer, int sequence)
{
    private readonly StringBuilder text = new();

    /// <summary>The header's value.</summary>
    public string Producer { get; } = string.Create(CultureInfo.InvariantCulture, $"{producer}/{sequence}");

    public string Text => text.ToString();

    public int Count => Tracks.Count + Exposures.Count;

    public List<(string Metric, string Identity, int Value, DateOnly? Day)> Tracks { get; } = [];

    public List<(string Experiment, string Identity, string Alternative)> Exposures { get; } = [];

    /// <summary>Adds a track of a participant, now.</summary>
    public void Track(string metric, string identity, int value, bool withId)
    {
        Tracks.Add((metric, identity, value, null));
        text.Append(CultureInfo.InvariantCulture, $$"""{"metric":"{{metric}}","identity":"{{identity}}","value":{{value}}""");
        text.Append(withId ? string.Create(CultureInfo.InvariantCulture, $",\"id\":\"{Producer}/{Count}\"}}\n") : "}\n");
    }

    /// <summary>Adds a track of somebody who participates nowhere, at noon of a day: it counts in the metric's total of that day.</summary>
    public void Visit(string metric, string identity, int value, DateOnly day)
    {
        Tracks.Add((metric, identity, value, day));
        text.Append(CultureInfo.InvariantCulture, $$"""{"metric":"{{metric}}","identity":"{{identity}}","value":{{value}},"at":"{{day:yyyy-MM-dd}}T12:00:00Z"}""").Append('\n');
    }

    /// <summary>Adds the report that somebody was shown an alternative.</summary>
    public void Expose(string experiment, string identity, string alternative)
    {
        Exposures.Add((experiment, identity, alternative));
        text.Append(CultureInfo.InvariantCulture, $$"""{"type":"exposure","experiment":"{{experiment}}","identity":"{{identity}}","alternative":"{{alternative}}"}""").Append('\n');
    }
}
