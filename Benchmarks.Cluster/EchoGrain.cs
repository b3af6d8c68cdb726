using Orleans.Concurrency;

namespace Bandstand.Benchmarks.Cluster;

/// <summary>The least a grain can do: the floor of every call.</summary>
[Alias("bandstand.benchmarks.IEchoGrain")]
public interface IEchoGrain : IGrainWithIntegerKey
{
    /// <summary>Answers what it is asked.</summary>
    [Alias("echo")]
    ValueTask<long> Echo(long value);
}

/// <summary>Reentrant, as shards are.</summary>
[Reentrant]
[GrainType("bandstand-benchmarks-echo")]
internal sealed class EchoGrain : Grain, IEchoGrain
{
    public ValueTask<long> Echo(long value) => new(value);
}
