using Bandstand.Grains.Wire;

namespace Bandstand.Grains;

/// <summary>
/// The one owner of a share of an experiment's participants. Its key is <c>id/generation/number</c>.
/// </summary>
/// <remarks>
/// What it answers is durable. Whoever asks with an older plan than its own is told so and nothing happens, so that a change
/// that was acknowledged holds for everybody from then on.
/// </remarks>
[Alias("bandstand.IParticipantShardGrain")]
public interface IParticipantShardGrain : IGrainWithStringKey
{
    /// <summary>Who gets what.</summary>
    [Alias("assign")]
    ValueTask<AssignReply> Assign(AssignCall call);

    /// <summary>
    /// Many at once, as <see cref="Wire.AssignMany"/> packs them; answered in the same order. The caller settles what the reply
    /// asks for, so that a batch is one step for the experiment however many shards it goes to.
    /// </summary>
    /// <param name="version">The version of the plan the questions were made with.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="segments">By question and segment slot the attributes' values, as JSON; null where results are not split.</param>
    [Alias("assign-many")]
    ValueTask<ShardReply> AssignMany(long version, [Immutable] byte[] questions, [Immutable] byte[]? segments);

    /// <summary>What is known of a producer's batch, as a <see cref="Participants.ProducerVerdict"/>.</summary>
    [Alias("check-producer")]
    ValueTask<byte> CheckProducer(ulong producer, long sequence, long nowMs);

    /// <summary>
    /// Takes a <see cref="Participants.ShardBatch"/>; answers one <see cref="Participants.EventVerdict"/> an event. The caller
    /// settles what the reply asks for.
    /// </summary>
    [Alias("apply")]
    ValueTask<ShardReply> Apply([Immutable] byte[] batch, long nowMs);

    /// <summary>Shows somebody an alternative; −1 clears it.</summary>
    [Alias("force")]
    ValueTask<ShardStatus> Force(long version, ulong key, int alternative);

    /// <summary>Forgets somebody.</summary>
    [Alias("erase")]
    ValueTask<ShardStatus> Erase(ulong key);

    /// <summary>All that is held about somebody, as JSON; without bytes when nothing is.</summary>
    [Alias("describe")]
    ValueTask<ShardReply> Describe(ulong key);

    /// <summary>The statistics at a time in milliseconds since 1970, as <see cref="Participants.ShardStatisticsCodec"/> writes them.</summary>
    [Alias("statistics")]
    ValueTask<ShardReply> Statistics(long nowMs);

    /// <summary>The same of those who had certain values of an attribute: a <see cref="Participants.SegmentChoice"/>, as JSON.</summary>
    [Alias("split-statistics")]
    ValueTask<ShardReply> SplitStatistics(long nowMs, [Immutable] byte[] choice);

    /// <summary>Who takes part by the attributes that results are split by, as JSON.</summary>
    [Alias("segments")]
    ValueTask<ShardReply> Segments();

    /// <summary>The history, as JSON.</summary>
    [Alias("history")]
    ValueTask<ShardReply> History();

    /// <summary>The health, as JSON.</summary>
    [Alias("health")]
    ValueTask<ShardReply> Health();

    /// <summary>Puts a plan in force; answers when that is durable.</summary>
    [Alias("switch"), ResponseTimeout("00:00:10")]
    ValueTask<SwitchReply> Switch([Immutable] byte[] plan, ShardOrders orders);

    /// <summary>How many participants there are; from now on these orders hold.</summary>
    [Alias("count")]
    ValueTask<SwitchReply> Count(ShardOrders orders);

    /// <summary>The generation is over: forget everything and answer nothing any more. May be repeated.</summary>
    [Alias("retire"), ResponseTimeout("00:00:10")]
    ValueTask Retire();
}
