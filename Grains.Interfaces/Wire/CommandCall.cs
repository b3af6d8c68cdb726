using Bandstand.Experiments;

namespace Bandstand.Grains.Wire;

/// <summary>What a caller asks of an experiment, as it travels.</summary>
/// <param name="Kind">Which command.</param>
/// <param name="Text">The outcome, the reason or the seed, or null.</param>
/// <param name="Weights">Of <c>weights</c>.</param>
/// <param name="Definition">Of <c>put</c>, as JSON.</param>
/// <param name="IfMatch">The precondition's ETag, or null.</param>
/// <param name="MustBeNew">The precondition that there is none yet.</param>
[GenerateSerializer, Immutable, Alias("bandstand.command")]
public readonly record struct CommandCall(
    [property: Id(0)] string Kind,
    [property: Id(1)] string? Text = null,
    [property: Id(2)] Dictionary<string, double>? Weights = null,
    [property: Id(3)] byte[]? Definition = null,
    [property: Id(4)] string? IfMatch = null,
    [property: Id(5)] bool MustBeNew = false)
{
    /// <summary>A command to send.</summary>
    public static CommandCall Of(ExperimentCommand command, Precondition precondition) => Of(command) with
    {
        IfMatch = precondition.IfMatch,
        MustBeNew = precondition.MustBeNew,
    };

    /// <summary>What must be true for it.</summary>
    public Precondition ToPrecondition() => new(IfMatch, MustBeNew);

    /// <summary>The command.</summary>
    public ExperimentCommand ToCommand() => Kind switch
    {
        "put" => new ExperimentCommand.Put(WireJson.Read<ExperimentDefinition>(Definition!)),
        "start" => new ExperimentCommand.Start(),
        "enable" => new ExperimentCommand.Enable(),
        "disable" => new ExperimentCommand.Disable(),
        "rebalance" => new ExperimentCommand.Rebalance(),
        "complete" => new ExperimentCommand.Complete(Text),
        "weights" => new ExperimentCommand.SetWeights(Weights!, Text!),
        "reset" => new ExperimentCommand.Reset(Text),
        "delete" => new ExperimentCommand.Delete(),
        _ => throw new NotSupportedException($"The command '{Kind}' comes from another version. Update every silo."),
    };

    private static CommandCall Of(ExperimentCommand command) => command switch
    {
        ExperimentCommand.Put put => new("put", Definition: WireJson.Write(put.Definition)),
        ExperimentCommand.Start => new("start"),
        ExperimentCommand.Enable => new("enable"),
        ExperimentCommand.Disable => new("disable"),
        ExperimentCommand.Rebalance => new("rebalance"),
        ExperimentCommand.Complete complete => new("complete", complete.Outcome),
        ExperimentCommand.SetWeights weights => new("weights", weights.Reason, new(weights.Weights, StringComparer.Ordinal)),
        ExperimentCommand.Reset reset => new("reset", reset.Seed),
        ExperimentCommand.Delete => new("delete"),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "Only what callers may ask travels."),
    };
}
