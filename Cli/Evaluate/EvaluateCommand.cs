using System.CommandLine;
using Bandstand.Allocation;
using Bandstand.Cli.Export;
using Bandstand.Statistics.Adaptive;

namespace Bandstand.Cli.Evaluate;

/// <summary><c>evaluate</c>: what other policies would have earned in an experiment that was recorded.</summary>
internal static class EvaluateCommand
{
    private static readonly string[] UsualPolicies = ["equal", "thompson"];

    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string?>("FILE") { Arity = ArgumentArity.ZeroOrOne, Description = "What 'export --out FILE.ndjson' wrote." };
        var server = new Option<string?>("--server") { HelpName = "URL", Description = "Instead of a file: the server that has the experiment, such as http://127.0.0.1:5080." };
        var experiment = new Option<string?>("--experiment") { HelpName = "ID", Description = "The server's experiment." };
        var key = new Option<string?>("--key") { HelpName = "K", Description = $"The server's admin key. Default: the environment's {ExportCommand.KeyVariable}." };
        var metric = new Option<string?>("--metric") { HelpName = "ID", Description = "One of its metrics. Default: the primary one." };
        var policy = new Option<string[]>("--policy")
        {
            HelpName = "POLICY",
            Description = $"equal, always:KEY, weights:KEY=1,KEY=2, or a bandit: thompson or top-two, with settings such as thompson:floor=0.05. May be given again. Default: {string.Join(" and ", UsualPolicies)}.",
        };
        var confidence = Numbers.Probability("--confidence", 0.95, "The confidence of intervals.");
        var supported = new Option<bool>("--supported") { Description = "Leaves epochs out in which a policy uses an alternative that could not be drawn." };
        var epochs = new Option<bool>("--epochs") { Description = "Also each epoch by itself." };
        var command = new Command("evaluate", "Says what other policies would have earned in an experiment that was recorded, by the probabilities it assigned with.")
        {
            file, server, experiment, key, metric, policy, confidence, supported, epochs,
        };
        command.Validators.Add(result =>
        {
            var isFile = result.GetResult(file) is { Tokens.Count: > 0 };
            if (isFile == (result.GetResult(server) is not null) || isFile == (result.GetResult(experiment) is not null))
            {
                result.AddError("Name what was recorded: a FILE, or --server URL with --experiment ID.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var recording = parsed.GetValue(file) is { } path
                ? await RecordingFile.ReadAsync(path, parsed.GetValue(metric), cancellationToken).ConfigureAwait(false)
                : await FetchAsync(parsed.GetValue(server)!, parsed.GetValue(key), parsed.GetValue(experiment)!, parsed.GetValue(metric), cancellationToken).ConfigureAwait(false);
            var policies = parsed.GetValue(policy) is { Length: > 0 } named ? named : UsualPolicies;
            await EvaluateAsync(terminal, recording, policies, new Evaluation(parsed.GetValue(confidence), parsed.GetValue(supported), parsed.GetValue(epochs))).ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<RecordedExperiment> FetchAsync(string server, string? key, string experiment, string? metric, CancellationToken cancellationToken)
    {
        var address = ExportCommand.Address(server) ?? throw new CommandException($"--server {server}: an address such as http://127.0.0.1:5080 is needed.", ExitCode.Usage);
        using var client = ApiClient.For(address, key ?? Environment.GetEnvironmentVariable(ExportCommand.KeyVariable));
        var path = $"v1/experiments/{Uri.EscapeDataString(experiment)}";
        var definition = await client.GetAsync(path, cancellationToken).ConfigureAwait(false);
        var query = metric is null ? "" : $"&metric={Uri.EscapeDataString(metric)}";
        var score = await client.GetAsync($"{path}/score?method={ExportedExperiment.MethodWithEpochs}&epochs=true{query}", cancellationToken).ConfigureAwait(false);
        return Recording.Read(definition, score);
    }

    private static async Task EvaluateAsync(Terminal terminal, RecordedExperiment recording, string[] policies, Evaluation how)
    {
        var logged = recording.Logged;
        var weights = policies.Select(text => (Text: text, Weights: RecordedPolicies.Weights(recording, text))).ToList();
        if (weights.Find(w => w.Weights.IsRefused).Weights.Refusal is { } refusal)
        {
            throw new CommandException($"--policy: {refusal.Detail}", ExitCode.Usage);
        }

        await terminal.Output.WriteLineAsync(EvaluationText.Recorded(recording, how)).ConfigureAwait(false);
        foreach (var (text, other) in weights)
        {
            int[] used = [.. Enumerable.Range(0, logged.Count).Where(e => !how.SupportedOnly || PolicyValue.Supports(logged[e], other.Value[e]))];
            var estimate = PolicyValue.Of([.. used.Select(e => logged[e])], [.. used.Select(e => other.Value[e])]);
            await terminal.Output.WriteLineAsync(EvaluationText.Of(recording, text, estimate, how, logged.Count - used.Length)).ConfigureAwait(false);
            for (var e = 0; how.ByEpoch && e < logged.Count; e++)
            {
                await terminal.Output.WriteLineAsync(EvaluationText.Epoch(recording, e, other.Value[e], PolicyValue.Of([logged[e]], [other.Value[e]]), how)).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>How policies are evaluated.</summary>
/// <param name="Confidence">Of intervals, over 0 and under 1.</param>
/// <param name="SupportedOnly">Leaves epochs out in which a policy uses what could not be drawn.</param>
/// <param name="ByEpoch">Also each epoch by itself.</param>
internal sealed record Evaluation(double Confidence, bool SupportedOnly, bool ByEpoch);
