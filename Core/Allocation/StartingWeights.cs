using Bandstand.Experiments;

namespace Bandstand.Allocation;

/// <summary>The weights an experiment begins with. Thread-safe.</summary>
public static class StartingWeights
{
    /// <summary>By alternative in definition order: whole numbers that sum to 10 000, none below a bandit's floor.</summary>
    /// <param name="definition">The definition.</param>
    public static int[] Of(ExperimentDefinition definition)
        => WholeWeights.Of([.. definition.Alternatives.Select(a => a.Weight)], [.. definition.Alternatives.Select(_ => true)], Least(definition.Allocation, definition.Alternatives.Count));

    /// <summary>The least whole weight of an open alternative under a policy.</summary>
    /// <param name="allocation">The policy.</param>
    /// <param name="open">How many alternatives are open.</param>
    internal static int Least(AllocationDefinition allocation, int open)
        => allocation is BanditAllocation bandit ? WholeWeights.Least(bandit.Floor, open) : 1;
}
