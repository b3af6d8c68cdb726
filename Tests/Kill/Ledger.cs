namespace Bandstand.Tests.Kill;

/// <summary>What the server has answered as done: all of it must be there at the end, once.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Ledger
{
    private readonly Lock writing = new();
    private readonly Dictionary<(string Experiment, string Identity), string> answers = [];
    private readonly Dictionary<(string Metric, string Identity), (long Events, long Sum)> tracks = [];
    private readonly Dictionary<(string Metric, DateOnly? Day), (long Events, long Sum)> totals = [];
    private readonly List<string> known = [];
    private readonly Dictionary<string, long> epochs = [];

    /// <summary>Tracks and exposures that were acknowledged.</summary>
    public long Events { get; private set; }

    /// <summary>All that was answered, by experiment and identity.</summary>
    public IReadOnlyDictionary<(string Experiment, string Identity), string> Answers => answers;

    /// <summary>A metric's tracks by identity.</summary>
    public IReadOnlyDictionary<(string Metric, string Identity), (long Events, long Sum)> Tracks => tracks;

    /// <summary>Totals by metric and day; the day is null for tracks that happened "now".</summary>
    public IReadOnlyDictionary<(string Metric, DateOnly? Day), (long Events, long Sum)> Totals => totals;

    /// <summary>Notes who was answered what; a second answer must be the first.</summary>
    public void Answered(string experiment, string identity, string alternative, long? epoch)
    {
        lock (writing)
        {
            Note(experiment, identity, alternative);
            epochs[experiment] = Math.Max(epochs.GetValueOrDefault(experiment), epoch ?? 0);
        }
    }

    /// <summary>Notes what an acknowledged batch said.</summary>
    public void Acknowledged(EventLines batch)
    {
        lock (writing)
        {
            Events += batch.Count;
            foreach (var (experiment, identity, alternative) in batch.Exposures)
            {
                Note(experiment, identity, alternative);
            }

            foreach (var (metric, identity, value, day) in batch.Tracks)
            {
                if (day is null)
                {
                    var (events, sum) = tracks.GetValueOrDefault((metric, identity));
                    tracks[(metric, identity)] = (events + 1, sum + value);
                }

                var (number, total) = totals.GetValueOrDefault((metric, day));
                totals[(metric, day)] = (number + 1, total + value);
            }
        }
    }

    /// <summary>Somebody who was answered before, or null while there is nobody.</summary>
    public string? Somebody(Random random)
    {
        lock (writing)
        {
            return known.Count == 0 ? null : known[random.Next(known.Count)];
        }
    }

    /// <summary>The newest epoch that anybody was answered of.</summary>
    public long Epoch(string experiment)
    {
        lock (writing)
        {
            return epochs.GetValueOrDefault(experiment);
        }
    }

    private void Note(string experiment, string identity, string alternative)
    {
        if (answers.TryAdd((experiment, identity), alternative))
        {
            known.Add(identity);
        }
        else if (answers[(experiment, identity)] != alternative)
        {
            throw new InvalidOperationException($"{identity} was answered \"{answers[(experiment, identity)]}\" in {experiment} before, and now \"{alternative}\".");
        }
    }
}
