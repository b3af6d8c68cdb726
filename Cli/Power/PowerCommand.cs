using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Bandstand.Cli.Export;
using Bandstand.Ports;
using Bandstand.Statistics.Planning;

namespace Bandstand.Cli.Power;

/// <summary><c>power</c>: sample size, power or detectable effect, computed here or from an experiment's figures by its server.</summary>
internal static class PowerCommand
{
    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        ["kind"] = "What is measured: conversion, count, value, ratio or retention.",
        ["baseline"] = "The control's rate (0.05 is 5 %) or mean.",
        ["stdDev"] = "Counts and values: the standard deviation of participants' totals.",
        ["eventShare"] = "Counts and values, sequential: the share of participants with an event. Default: 1.",
        ["lift"] = "The effect relative to the baseline: 0.1 is 10 % more.",
        ["difference"] = "The effect in units of the baseline, instead of --lift.",
        ["goal"] = "increase or decrease: the direction of an effect that is solved for. Default: increase.",
        ["alpha"] = "The error probability of all comparisons with the control together. Default: 0.05.",
        ["power"] = "The probability of finding the effect. Default: 0.8, unless it is what is solved for.",
        ["participants"] = "Participants in all.",
        ["days"] = "Instead of --participants: that many days at --per-day.",
        ["perDay"] = "New participants a day.",
        ["alternatives"] = "How many, the control included. Default: 2.",
        ["weights"] = "Their weights, the control's first: 2,1,1. Default: equal.",
        ["method"] = "sequential (looks at any time) or fixed (one at the end). Default: sequential.",
        ["experiment"] = "Takes what is not given from this experiment's figures and traffic; needs --server.",
        ["metric"] = "The experiment's metric. Default: the primary one.",
    };

    public static Command Create(Terminal terminal)
    {
        var options = PowerQueryReader.Names.ToDictionary(
            name => name, name => new Option<string?>(Option(name)) { HelpName = name, Description = Descriptions[name] }, StringComparer.Ordinal);
        var server = new Option<string?>("--server") { HelpName = "URL", Description = "The server that has the experiment, such as http://127.0.0.1:5080." };
        var key = new Option<string?>("--key") { HelpName = "K", Description = $"The server's admin key. Default: the environment's {ExportCommand.KeyVariable}." };
        var json = new Option<bool>("--json") { Description = "Prints the answer as JSON, as GET /v1/power does." };
        var command = new Command("power", "Says how many participants find an effect, which effect is found by so many, or with what power: whichever is left out.") { server, key, json };
        foreach (var option in options.Values)
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            string? Text(string name) => parsed.GetValue(options[name]);
            var query = PowerQueryReader.Read(Text, "--");
            var answer = query.IsRefused ? throw Refused(query.Refusal)
                : parsed.GetValue(server) is { } address ? await Ask(address, parsed.GetValue(key), Text, cancellationToken).ConfigureAwait(false)
                : query.Value.Experiment is not null ? throw new CommandException("--experiment needs the server that has it: give --server.", ExitCode.Usage)
                : Compute(query.Value);
            await terminal.Output.WriteLineAsync(parsed.GetValue(json) ? answer.GetRawText() : PowerText.Of(answer)).ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A name as an option: <c>stdDev</c> is <c>--std-dev</c>.</summary>
    private static string Option(string name) => "--" + string.Concat(name.Select(c => char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{c}"));

    private static JsonElement Compute(PowerQuery query)
    {
        var answer = PowerPlanner.Answer(query, prefix: "--");
        if (answer.IsRefused)
        {
            throw Refused(answer.Refusal);
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            PowerAnswerJson.Write(writer, answer.Value);
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static async Task<JsonElement> Ask(string server, string? key, Func<string, string?> text, CancellationToken cancellationToken)
    {
        var address = ExportCommand.Address(server) ?? throw new CommandException($"--server {server}: an address such as http://127.0.0.1:5080 is needed.", ExitCode.Usage);
        using var client = ApiClient.For(address, key ?? Environment.GetEnvironmentVariable(ExportCommand.KeyVariable));
        var path = new StringBuilder("v1/power");
        foreach (var name in PowerQueryReader.Names)
        {
            if (text(name) is { } value)
            {
                path.Append(path.Length == "v1/power".Length ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return await client.GetAsync(path.ToString(), cancellationToken).ConfigureAwait(false);
    }

    private static CommandException Refused(Refusal refusal) => new(
        refusal.Errors.Count == 0 ? refusal.Detail : string.Join("\nerror: ", refusal.Errors.Select(e => $"{Option(e.Path["--".Length..])}: {e.Detail}")),
        refusal.Errors.Count == 0 ? ExitCode.Refused : ExitCode.Usage);
}
