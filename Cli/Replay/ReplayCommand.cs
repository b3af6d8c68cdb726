using System.CommandLine;
using Bandstand.Timesteps;

namespace Bandstand.Cli.Replay;

/// <summary><c>replay</c>: decides the winner of every timestep from files.</summary>
internal static class ReplayCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var data = new Option<string>("--data") { Required = true, HelpName = "DIR", Description = "The folder with strategy_{k}/timestep_{t}.csv." };
        var folder = new Option<string>("--out")
        {
            Required = true,
            HelpName = "DIR",
            Description = "Where winner_data.csv and stats.csv go. A run that was interrupted goes on there.",
        };
        var policy = new Option<string>("--policy") { HelpName = "classic|adaptive", Description = "How winners are decided. Default: classic.", DefaultValueFactory = _ => "classic" };
        policy.AcceptOnlyFromAmong("classic", "adaptive");
        var multiplier = Numbers.Positive("--count-multiplier", ClassicTimestepPolicy.DefaultCountMultiplier, "Counts are multiplied by this before the test.");
        var alpha = Numbers.Probability("--alpha", ClassicTimestepPolicy.DefaultAlpha, "The larger mean wins where p is at most this.");
        var test = new Option<string>("--test") { HelpName = "student|welch", Description = "The t test. Default: student.", DefaultValueFactory = _ => "student" };
        test.AcceptOnlyFromAmong("student", "welch");
        var certainty = Numbers.Probability("--certainty", AdaptiveTimestepPolicy.DefaultCertainty, "Adaptive: how probable it must be that the other banner is better.");
        var spell = Numbers.AtLeastOne("--spell", AdaptiveTimestepPolicy.DefaultSpell, "Adaptive: how many timesteps a difference lasts on average.");
        var last = Numbers.Whole("--max-timestep", 0, "The last timestep to replay. Default: the last one that has a file.");
        var raw = new Option<bool>("--raw") { Description = "Also collects all rows in raw_data.csv." };
        var follow = new Option<bool>("--follow") { Description = "Waits for the next file instead of ending." };
        var fresh = new Option<bool>("--fresh") { Description = "Begins anew where an earlier run left tables." };

        var command = new Command("replay", "Decides the winner of every timestep from files.")
        {
            data, folder, policy, multiplier, alpha, test, certainty, spell, last, raw, follow, fresh,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var isAdaptive = parsed.GetValue(policy) == "adaptive";
            Option[] idle = isAdaptive ? [multiplier, alpha, test] : [certainty, spell];
            if (idle.FirstOrDefault(x => parsed.GetResult(x) is { Implicit: false }) is { } useless)
            {
                throw new CommandException($"{useless.Name} has no effect with --policy {parsed.GetValue(policy)}: leave it out.", ExitCode.Usage);
            }

            var options = new ReplayOptions(
                FullPath(parsed.GetValue(data)!),
                FullPath(parsed.GetValue(folder)!),
                isAdaptive
                    ? new AdaptiveTimestepPolicy(parsed.GetValue(certainty), parsed.GetValue(spell))
                    : new ClassicTimestepPolicy(
                        parsed.GetValue(alpha),
                        parsed.GetValue(test) == "welch" ? TimestepTest.Welch : TimestepTest.Student,
                        parsed.GetValue(multiplier)),
                parsed.GetValue(last),
                parsed.GetValue(raw),
                parsed.GetValue(follow),
                parsed.GetValue(fresh));
            return await RunAsync(options, terminal, clock, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(ReplayOptions options, Terminal terminal, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await ReplayReport.RunAsync(
                terminal,
                report => Task.Run(() => new Replayer(options, report, clock).RunAsync(cancellationToken), CancellationToken.None)).ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            // Following ends in no other way.
            await terminal.Output.WriteLineAsync("Stopped; the same command goes on from here.").ConfigureAwait(false);
            return options.Follow ? ExitCode.Done : ExitCode.Interrupted;
        }
    }

    // The same folder has the same name, however it is written.
    private static string FullPath(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
