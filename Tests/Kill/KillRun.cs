using System.Globalization;

namespace Bandstand.Tests.Kill;

/// <summary>
/// Kills a server under load, again and again, and then holds what it has against what it had answered. Two experiments:
/// one whose weights are turned round in every life, so that an assignment that was answered and lost would come out otherwise the
/// second time, and a bandit on a single shard, which moves its own weights.
/// </summary>
internal sealed class KillRun(KillPlan plan, MortalHost server, CancellationToken cancellationToken)
{
    /// <summary>The experiment whose weights are turned round.</summary>
    public const string Turned = "turned";

    /// <summary>The experiment that moves its own weights.</summary>
    public const string Bandit = "bandit";

    /// <summary>Both.</summary>
    public static readonly string[] Experiments = [Turned, Bandit];

    private const string Definition = """
        "alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"a",
        "metrics":[{"id":"signup","kind":"conversion"},{"id":"revenue","kind":"value"}]
        """;

    private readonly Ledger ledger = new();

    /// <summary>Runs it all.</summary>
    /// <exception cref="InvalidOperationException">Something acknowledged is not there, or not once, or somebody was answered twice.</exception>
    public async Task Run()
    {
        var random = new Random(plan.Seed);
        await server.Start();
        await server.Put($"/v1/experiments/{Turned}", "{" + Definition + ",\"shards\":4}");
        await server.Put($"/v1/experiments/{Bandit}", "{" + Definition + ",\"shards\":1,\"allocation\":{\"policy\":\"bandit\",\"every\":{\"assignments\":200}}}");

        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var load = new KillLoad(plan, server, ledger);
        await load.EnrolMany();
        var workers = load.Start(async () => await failing.CancelAsync());
        var killing = KillAgainAndAgain(random, failing.Token);
        try
        {
            await killing;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A worker failed and says why.
        }

        load.Stop();
        await workers;

        // What is checked is what a fresh process reads from the files.
        await server.StartAfresh();
        await new KillAudit(server, ledger).Check(load.LastBatches);
        plan.Report(string.Create(CultureInfo.InvariantCulture, $"{server.Acknowledged:N0} requests and {ledger.Events:N0} events acknowledged, {server.Unanswered:N0} requests cut off and {server.Refused:N0} refused and sent again, {ledger.Answers.Count:N0} assignments answered"));
    }

    private async Task KillAgainAndAgain(Random random, CancellationToken stop)
    {
        for (var kill = 1; kill <= plan.Kills; kill++)
        {
            await server.AfterAcknowledged(random.Next(plan.MostRequests + 1)).WaitAsync(stop);

            // In flight when the server dies, like everything else.
            var turn = TurnWeights(kill);
            await server.Kill();
            var revived = await server.Revive();
            plan.Report(string.Create(CultureInfo.InvariantCulture, $"kill {kill}: {revived}, {server.Acknowledged:N0} requests acknowledged so far"));
            await turn.WaitAsync(stop);
        }
    }

    private async Task TurnWeights(int kill)
    {
        var (a, c) = kill % 2 == 0 ? (90, 5) : (5, 90);
        await server.Put($"/v1/experiments/{Turned}/weights", string.Create(CultureInfo.InvariantCulture, $$"""{"weights":{"a":{{a}},"b":5,"c":{{c}}},"reason":"kill {{kill}}"}"""));
    }
}
