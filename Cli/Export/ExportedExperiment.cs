using System.Text.Json;

namespace Bandstand.Cli.Export;

/// <summary>One score: a metric by a method, as the server answered.</summary>
internal sealed record ExportedScore(string Metric, string Method, JsonElement Answer);

/// <summary>All that a server holds about an experiment apart from its participants.</summary>
/// <param name="Experiment">Definition and state.</param>
/// <param name="Scores">By metric, then method.</param>
/// <param name="Health">What may be wrong with what was sent; empty when only scores were asked for.</param>
/// <param name="History">By hour and by day.</param>
/// <param name="Epochs">Oldest first.</param>
/// <param name="Decisions">Oldest first.</param>
/// <param name="Timesteps">By number; empty unless the experiment has a winner per timestep.</param>
internal sealed record ExportedExperiment(
    JsonElement Experiment,
    IReadOnlyList<ExportedScore> Scores,
    IReadOnlyList<JsonElement> Health,
    IReadOnlyList<JsonElement> History,
    IReadOnlyList<JsonElement> Epochs,
    IReadOnlyList<JsonElement> Decisions,
    IReadOnlyList<JsonElement> Timesteps)
{
    /// <summary>The method whose scores hold the figures by epoch.</summary>
    internal const string MethodWithEpochs = "fixed";

    private static readonly string[] Methods = ["classic", "bayes", "sequential", MethodWithEpochs];

    /// <summary>Asks a server for everything.</summary>
    /// <param name="client">The server.</param>
    /// <param name="id">The experiment.</param>
    /// <param name="scoresOnly">Leaves history, epochs, decisions and timesteps out.</param>
    /// <param name="warn">Is told of scores that the server does not give.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<ExportedExperiment> FetchAsync(
        ApiClient client, string id, bool scoresOnly, Action<string> warn, CancellationToken cancellationToken)
    {
        var path = $"v1/experiments/{Uri.EscapeDataString(id)}";
        var experiment = await client.GetAsync(path, cancellationToken).ConfigureAwait(false);
        var scores = await ScoresAsync(client, path, experiment, warn, cancellationToken).ConfigureAwait(false);
        if (scoresOnly)
        {
            return new ExportedExperiment(experiment, scores, [], [], [], [], []);
        }

        return new ExportedExperiment(
            experiment,
            scores,
            [await client.GetAsync($"{path}/health", cancellationToken).ConfigureAwait(false)],
            [
                await client.GetAsync($"{path}/history?by=hour", cancellationToken).ConfigureAwait(false),
                await client.GetAsync($"{path}/history?by=day", cancellationToken).ConfigureAwait(false),
            ],
            await client.ListAsync($"{path}/epochs", cancellationToken).ConfigureAwait(false),
            await client.ListAsync($"{path}/decisions", cancellationToken).ConfigureAwait(false),
            HasTimesteps(experiment) ? await client.ListAsync($"{path}/timesteps", cancellationToken).ConfigureAwait(false) : []);
    }

    private static async Task<IReadOnlyList<ExportedScore>> ScoresAsync(
        ApiClient client, string path, JsonElement experiment, Action<string> warn, CancellationToken cancellationToken)
    {
        var scores = new List<ExportedScore>();
        foreach (var metric in experiment.GetProperty("metrics").EnumerateArray().Select(x => x.GetProperty("id").GetString()!))
        {
            foreach (var method in Methods)
            {
                var (answer, problem) = await client.TryGetAsync(
                    $"{path}/score?method={method}&metric={Uri.EscapeDataString(metric)}{(method == MethodWithEpochs ? "&epochs=true" : "")}", cancellationToken).ConfigureAwait(false);
                if (answer is { } score)
                {
                    scores.Add(new ExportedScore(metric, method, score));
                }
                else
                {
                    warn($"no {method} score of '{metric}': {problem}");
                }
            }
        }

        return scores;
    }

    private static bool HasTimesteps(JsonElement experiment) =>
        experiment.TryGetProperty("allocation", out var allocation)
        && allocation.TryGetProperty("policy", out var policy)
        && policy.ValueEquals("timestep");
}
