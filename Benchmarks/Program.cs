using Bandstand.Benchmarks;
using Bandstand.Benchmarks.Bandits;
using Bandstand.Benchmarks.Pictures;
using Bandstand.Benchmarks.Shards;
using Bandstand.Benchmarks.Simulation;

(string Name, string Help, Func<string[], int> Run)[] benchmarks =
[
    ("allocation", "what policies must reach, in made-up worlds [RUNS]", AllocationBenchmark.Run),
    ("bandits", "five alternatives, 100 000 people, beside the textbooks' bandits [RUNS] [WORLDS… or all]", BanditBenchmark.Run),
    ("cluster", "processor time of 1, 2 and 3 silos for an assignment and an event, beside the server's --silo PATH [--requests N] [--lines N] [--windows N]", ClusterBenchmark.Run),
    ("cluster-kill", "three silos, one killed ten times under load --silo PATH [--kills N] [--seed N] [--participants N] [--rest MS]", ClusterKillBenchmark.Run),
    ("engine", "the engine through its port: assignments, events and their parts, P(best) [words…] [--full]", EngineBenchmark.Run),
    ("kill", "a server killed fifty times under load, and its start with 1 M participants [--kills N] [--seed N] [--starts N]", KillBenchmark.Run),
    ("http", "single assignments and bodies of events over HTTP, against a constant answer and bare parsing [--connections N] [--slices N] [--requests N] [--lines N]", HttpBenchmark.Run),
    ("participants", "one shard: questions, events, replays, memory [words…] [--full]", ParticipantsBenchmark.Run),
    ("guardrails", "false and true alarms of guardrails that are looked at often, seeded [RUNS] [PARTICIPANTS] [word]", GuardrailBenchmark.Run),
    ("pictures", "the pictures of docs/statistics.md [FOLDER]", DocumentPictures.Run),
    ("replay", "the replay command against reading the bytes [--rows N] [--runs N] [--data DIR] [--raw]", ReplayBenchmark.Run),
    ("score", "a verdict of 5 alternatives by 5 metrics, an event with its always-valid figures [words…]", ScoreBenchmark.Run),
    ("simulation", "errors, power, bias of methods that are looked at often, seeded [words…] [--runs N] [--participants N] [--seed N]", SimulationBenchmark.Run),
    ("simulator", "a run of simulate: 90 days of 100 000 people, five alternatives [policies…] [--runs N]", SimulatorBenchmark.Run),
    ("storage", "durable entries, by callers and sizes [FOLDER]", StorageBenchmark.Run),
];

var chosen = benchmarks.FirstOrDefault(benchmark => args is [var name, ..] && benchmark.Name == name);
if (chosen.Run is not null)
{
    return chosen.Run(args[1..]);
}

Console.Error.WriteLine("Name one: dotnet run --project Benchmarks -c Release -- NAME [arguments]");
foreach (var (name, help, _) in benchmarks)
{
    Console.Error.WriteLine($"  {name,-14} {help}");
}

return 2;
