using Bandstand.Benchmarks;

switch (args)
{
    case ["participants", .. var rest]: return ParticipantsBenchmark.Run(rest);
    case ["replay", .. var rest]: return ReplayBenchmark.Run(rest);
    case ["storage", .. var rest]: return StorageBenchmark.Run(rest);
    default: Console.Error.WriteLine("No benchmark was named."); return 2;
}
