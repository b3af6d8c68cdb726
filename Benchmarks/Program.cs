using Bandstand.Benchmarks;

if (args is ["participants", .. var rest])
{
    return ParticipantsBenchmark.Run(rest);
}

Console.Error.WriteLine("No benchmark was named.");
return 2;
