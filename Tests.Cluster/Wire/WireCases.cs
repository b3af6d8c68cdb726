using System.Reflection;
using Bandstand.Grains;
using Bandstand.Grains.Journal;
using Bandstand.Grains.Wire;
using Orleans.Serialization.Invocation;

namespace Bandstand.Tests.Cluster.Wire;

/// <summary>A value of every type and a call of every method that travels between silos, with every member filled.</summary>
internal static class WireCases
{
    private static readonly object[] Samples =
    [
        new AssignCall(5, 0x0123456789ABCDEF, 1_700_000_000_000, 9_999, -1, 3, ["DE", null]),
        new AssignReply(ShardStatus.CallerIsStale, 2, 1, 4, 3, true),
        new ShardReply(ShardStatus.GenerationIsOver, [1, 2, 3], 20),
        new CommandCall("weights", "why", new Dictionary<string, double> { ["a"] = 0.25 }, [4, 5], "\"tag\"", true),
        new ExperimentReply(6, [7], [8]),
        new ExecuteReply([9], [10], [11]),
        new JsonReply([12], [13]),
        new CatalogueReply(14, [15]),
        new ShardOrders(16),
        new SwitchReply(17),
        new ShardCount(3, 21),
        new ActorFailedException("store-unavailable", "The store does not answer."),
        new StoredBytes { Data = [18, 19] },
    ];

    /// <summary>The assemblies whose types travel or are stored.</summary>
    public static readonly Assembly[] Assemblies = [typeof(IParticipantShardGrain).Assembly, typeof(StoredBytes).Assembly];

    /// <summary>Every type that Orleans serializes.</summary>
    public static IEnumerable<Type> Types => Declared.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null);

    /// <summary>Every grain interface.</summary>
    public static IEnumerable<Type> Interfaces => Declared.Where(type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type));

    private static IEnumerable<Type> Declared => Assemblies.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) != true);

    /// <summary>Every type and method by name; null where the sample is missing.</summary>
    public static IEnumerable<(string Name, object? Value)> All =>
    [
        .. Types.Select(type => (type.Name, Samples.FirstOrDefault(sample => sample.GetType() == type))),
        .. Interfaces.SelectMany(type => type.GetMethods()).Select(method => ($"{method.DeclaringType!.Name}.{method.Name}", (object?)Call(method))),
    ];

    /// <summary>The call as Orleans makes it, with an argument for every parameter.</summary>
    private static IInvokable? Call(MethodInfo method)
    {
        foreach (var type in Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => typeof(IInvokable).IsAssignableFrom(type) && !type.IsAbstract))
        {
            var call = (IInvokable)Activator.CreateInstance(type)!;
            if (call.GetInterfaceType() == method.DeclaringType && call.GetMethod() == method)
            {
                foreach (var parameter in method.GetParameters())
                {
                    call.SetArgument(parameter.Position, Argument(parameter.ParameterType));
                }

                return call;
            }
        }

        return null;
    }

    private static object Argument(Type type) =>
        type == typeof(byte[]) ? new byte[] { 1, 2 }
        : type == typeof(string[]) ? new[] { "a", "b" }
        : type == typeof(ShardCount[]) ? new[] { (ShardCount)Argument(typeof(ShardCount)) }
        : type == typeof(string) ? "text"
        : type == typeof(bool) ? true
        : type == typeof(int) ? 3
        : type == typeof(long) ? 4L
        : type == typeof(ulong) ? 5UL
        : type == typeof(DateOnly) ? new DateOnly(2026, 1, 31)
        : Samples.First(sample => sample.GetType() == type);
}
