using Bandstand.Participants;

namespace Bandstand.Experiments;

/// <summary>How short epochs may be and how many there may be.</summary>
public static class EpochLimits
{
    /// <summary>New assignments an epoch needs before the policy may begin another.</summary>
    public const long LeastAssignments = 100;

    /// <summary>Each further time this many epochs have begun, the interval between rebalances doubles.</summary>
    public const int EpochsPerDoubling = 512;

    /// <summary>The greatest epoch number, which is what a participant can remember; nothing that would begin another is accepted after it.</summary>
    public const int LastEpoch = ShardPlan.MaxEpochs - 1;
}
