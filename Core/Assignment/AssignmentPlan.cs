using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Assignment;

/// <summary>One alternative as assignments need it, by slot.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value as JSON text.</param>
/// <param name="ValueUtf8">The same in UTF-8, ready to be written.</param>
/// <param name="Fingerprint">Ten hex digits that name it in links.</param>
/// <param name="Removed">True: the definition no longer has it, and its participants see the default.</param>
/// <param name="Dropped">True: a guardrail closed it, and its participants see the default.</param>
public sealed record PlannedAlternative(string Key, string Value, ReadOnlyMemory<byte> ValueUtf8, string Fingerprint, bool Removed, bool Dropped = false);

/// <summary>What the hash says of an identity.</summary>
/// <param name="Bucket">0 to 9 999.</param>
/// <param name="Choice">The slot that a hash chooses which knows no weights; −1: the bucket decides.</param>
public readonly record struct AssignmentDraw(ushort Bucket, short Choice);

/// <summary>
/// Everything that answering "who gets what" needs, compiled from an experiment's state. Immutable and thread-safe; hosts make
/// one whenever the state changes and use it until the next. Asking it allocates nothing.
/// </summary>
public sealed class AssignmentPlan
{
    private readonly ImmutableArray<WeightEpoch> epochs;
    private readonly short[] buckets;
    private readonly uint begun;
    private readonly byte[]? vanityPrefix;
    private readonly LayerDefinition? layer;
    private readonly byte[][] covariates;

    private AssignmentPlan(Experiment experiment)
    {
        var definition = experiment.Definition;
        Experiment = experiment.Id;
        Key = experiment.Key;
        Shards = definition.Shards;
        Status = experiment.Status;
        Alternatives =
        [
            .. experiment.Alternatives.Select((a, slot) => new PlannedAlternative(
                a.Key, a.Value, Encoding.UTF8.GetBytes(a.Value), VanityHash.Fingerprint(experiment.Id, slot), a.Removed, a.Dropped)),
        ];
        Default = experiment.SlotOf(definition.Default);
        Outcome = experiment.Outcome ?? -1;
        layer = definition.Layer;
        begun = GrowthBookHash.Begin(definition.Assignment.Seed);
        vanityPrefix = definition.Assignment.Hash == AssignmentDefinition.VanityMd5 ? Encoding.UTF8.GetBytes(definition.Name + "/") : null;
        epochs = experiment.Epochs;
        buckets = WeightEpoch.Table(experiment.Epoch.Weights, experiment.Epoch.Traffic, definition.Assignment.Hash).Buckets.ToArray();
        covariates = [.. RowLayout.CovariatesOf(experiment.Metrics).Select(Encoding.UTF8.GetBytes)];
        Shard = new ShardPlan
        {
            Generation = experiment.Generation,
            Version = experiment.Version,
            Status = experiment.Status,
            Outcome = Outcome,
            Default = Default,
            Alternatives = Alternatives.Length,
            Removed = [.. experiment.Alternatives.Select(a => a.IsWithdrawn)],
            Metrics = experiment.Metrics,
            Segments = experiment.Segments,
            Epoch = experiment.Epoch.Number,
            Buckets = buckets,
            SegmentEpochs = [.. experiment.SegmentEpochs.Select(own => new SegmentEpoch(
                own.Segment!.Slot, own.Segment.Value, own.Number, WeightEpoch.Table(own.Weights, own.Traffic, definition.Assignment.Hash).Buckets))],
        };
    }

    /// <summary>The experiment's id.</summary>
    public string Experiment { get; }

    /// <summary>The secret under which identities are hashed for the shards.</summary>
    public SipKey Key { get; }

    /// <summary>How many shards there are.</summary>
    public int Shards { get; }

    /// <summary>Where the experiment is in its life.</summary>
    public ExperimentStatus Status { get; }

    /// <summary>By slot, removed ones included.</summary>
    public ImmutableArray<PlannedAlternative> Alternatives { get; }

    /// <summary>The slot of the default.</summary>
    public int Default { get; }

    /// <summary>The slot of the outcome; −1 before completion.</summary>
    public int Outcome { get; }

    /// <summary>The number of the present epoch.</summary>
    public int Epoch => epochs.Length - 1;

    /// <summary>The generation.</summary>
    public long Generation => Shard.Generation;

    /// <summary>Grows with every change of the state.</summary>
    public long Version => Shard.Version;

    /// <summary>What the shards are told.</summary>
    public ShardPlan Shard { get; }

    /// <summary>Compiles a plan.</summary>
    /// <param name="experiment">The state.</param>
    public static AssignmentPlan Of(Experiment experiment) => new(experiment);

    /// <summary>The slot of an alternative that was not removed, or a refusal that says which there are.</summary>
    /// <param name="key">The alternative's key.</param>
    public Answer<int> Find(string key)
    {
        for (var slot = 0; slot < Alternatives.Length; slot++)
        {
            if (!Alternatives[slot].Removed && string.Equals(Alternatives[slot].Key, key, StringComparison.Ordinal))
            {
                return slot;
            }
        }

        var known = string.Join(", ", Alternatives.Where(a => !a.Removed).Take(20).Select(a => $"'{a.Key}'"));
        return new Refusal(RefusalKind.Invalid, "alternative-not-found", $"No alternative has the key '{TextRules.Shorten(key)}'. Use one of: {known}.");
    }

    /// <summary>The bucket of an identity, 0 to 9 999.</summary>
    /// <param name="identity">Who.</param>
    public int Bucket(string identity) => GrowthBookHash.Bucket(begun, identity);

    /// <summary>The bucket of an identity, 0 to 9 999.</summary>
    /// <param name="utf8">Who, valid UTF-8.</param>
    public int Bucket(ReadOnlySpan<byte> utf8) => GrowthBookHash.Bucket(begun, utf8);

    /// <summary>What the hash says of an identity; the shard turns it into an alternative by its epoch.</summary>
    /// <param name="utf8">Who, valid UTF-8.</param>
    public AssignmentDraw Draw(ReadOnlySpan<byte> utf8) => new(
        (ushort)Bucket(utf8),
        vanityPrefix is null ? (short)-1 : (short)VanityHash.Index(vanityPrefix, utf8, Alternatives.Length));

    /// <summary>What is to be found out about an identity before its shard is asked: bots and the layer.</summary>
    /// <param name="utf8">Who, valid UTF-8.</param>
    /// <param name="attributes">A JSON object of attributes, or null.</param>
    public ShardQuestionFlags Flags(ReadOnlySpan<byte> utf8, JsonElement? attributes)
    {
        var flags = attributes is not null && BotFilter.IsBot(attributes) ? ShardQuestionFlags.Filtered : ShardQuestionFlags.None;
        return layer is null || GrowthBookHash.InLayer(utf8, layer.Name, layer.From, layer.To) ? flags : flags | ShardQuestionFlags.Excluded;
    }

    /// <summary>The whole question for an identity's shard.</summary>
    /// <param name="utf8">Who, valid UTF-8 (see <see cref="Identity.Encode"/>).</param>
    /// <param name="attributes">A JSON object of attributes, or null.</param>
    /// <param name="record">False: only look.</param>
    /// <param name="atMs">Now, in milliseconds since 1970.</param>
    public ShardQuestion Question(ReadOnlySpan<byte> utf8, JsonElement? attributes, bool record, long atMs) =>
        Question(IdentityKey.Of(utf8, Key), utf8, attributes, record, atMs);

    /// <summary>The whole question for an identity whose key is known.</summary>
    /// <param name="key">From <see cref="IdentityKey.Of"/> under <see cref="Key"/>.</param>
    /// <param name="utf8">Who, valid UTF-8.</param>
    /// <param name="attributes">A JSON object of attributes, or null.</param>
    /// <param name="record">False: only look.</param>
    /// <param name="atMs">Now, in milliseconds since 1970.</param>
    public ShardQuestion Question(ulong key, ReadOnlySpan<byte> utf8, JsonElement? attributes, bool record, long atMs)
    {
        var draw = Draw(utf8);
        var flags = Flags(utf8, attributes) | (record ? ShardQuestionFlags.None : ShardQuestionFlags.LookOnly);
        return new ShardQuestion(key, draw.Bucket, draw.Choice, flags, atMs, SegmentsOf(attributes), covariates.Length == 0 ? null : Known(attributes));
    }

    /// <summary>By covariate: the attribute of that name, where it is a number.</summary>
    private double[]? Known(JsonElement? attributes)
    {
        if (attributes is not { ValueKind: JsonValueKind.Object } known)
        {
            return null;
        }

        var numbers = new double[covariates.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = known.TryGetProperty(covariates[i], out var attribute) && attribute.ValueKind == JsonValueKind.Number && attribute.TryGetDouble(out var x) ? x : double.NaN;
        }

        return numbers;
    }

    /// <summary>By segment slot: the attributes' values. Null where results are not split.</summary>
    private string?[]? SegmentsOf(JsonElement? attributes)
    {
        if (Shard.Segments.Count == 0)
        {
            return null;
        }

        var values = new string?[Shard.Segments.Count];
        for (var slot = 0; slot < values.Length; slot++)
        {
            values[slot] = Shard.Segments[slot].Active && attributes is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty(Shard.Segments[slot].Attribute, out var value)
                ? SegmentValue.Of(value)
                : null;
        }

        return values;
    }

    /// <summary>Whether this plan knows an epoch that a shard answered with; if not, the shard has a newer plan: ask with that.</summary>
    /// <param name="epoch">The epoch's number.</param>
    public bool Knows(int epoch) => epoch < epochs.Length;

    /// <summary>The probability of an alternative in an epoch for who is in the traffic, 0 to 1.</summary>
    /// <param name="epoch">An epoch that the plan <see cref="Knows"/>.</param>
    /// <param name="slot">The alternative's slot.</param>
    public double Probability(int epoch, int slot)
    {
        var probabilities = epochs[epoch].Probabilities;
        return slot < probabilities.Length ? probabilities[slot] : 0;
    }

    /// <summary>Turns a shard's answer into the caller's.</summary>
    /// <param name="identity">As asked.</param>
    /// <param name="answer">The shard's answer, of an epoch that the plan <see cref="Knows"/>.</param>
    public AssignmentResult Answer(string identity, in ShardAnswer answer)
        => answer.Reason is AssignmentReason.Assigned or AssignmentReason.Sticky
            ? Result(identity, answer.Alternative, answer.Reason, answer.New, answer.Epoch, Probability(answer.Epoch, answer.AssignedAlternative))
            : Result(identity, answer.Alternative, answer.Reason, answer.New, null, null);

    /// <summary>The key under which shards know somebody.</summary>
    /// <param name="identity">Who.</param>
    /// <param name="key">The key, 0 when the identity is refused.</param>
    /// <returns>Why the text is no identity, or null when it is one.</returns>
    [SkipLocalsInit]
    public Refusal? KeyOf(string identity, out ulong key)
    {
        Span<byte> buffer = stackalloc byte[Identity.MaxBytes];
        var wrong = Identity.Encode(identity, buffer, out var length);
        key = wrong is null ? IdentityKey.Of(buffer[..length], Key) : 0;
        return wrong;
    }

    /// <summary>Answers by hash alone, where nothing is stored: nobody is sticky, forced or new.</summary>
    /// <param name="identity">As asked.</param>
    /// <param name="utf8">The same in valid UTF-8.</param>
    /// <param name="attributes">A JSON object of attributes, or null.</param>
    public AssignmentResult AnswerByHash(string identity, ReadOnlySpan<byte> utf8, JsonElement? attributes = null) =>
        Answer(identity, AnswerByHash(utf8, attributes));

    /// <summary>The same in indexes, to be turned into the caller's by <see cref="Answer"/>.</summary>
    /// <param name="utf8">Who, in valid UTF-8.</param>
    /// <param name="attributes">A JSON object of attributes, or null.</param>
    public ShardAnswer AnswerByHash(ReadOnlySpan<byte> utf8, JsonElement? attributes = null)
    {
        if (Status == ExperimentStatus.Completed)
        {
            return Shown(AssignmentReason.Completed, Outcome);
        }

        if (Status != ExperimentStatus.Running)
        {
            return Shown(AssignmentReason.Disabled, Default);
        }

        var flags = Flags(utf8, attributes);
        if (flags != ShardQuestionFlags.None)
        {
            return Shown((flags & ShardQuestionFlags.Filtered) != 0 ? AssignmentReason.Filtered : AssignmentReason.Excluded, Default);
        }

        var draw = Draw(utf8);
        var own = Shard.SegmentEpochs.Count == 0 ? null : EpochOf(SegmentsOf(attributes)!);
        var slot = own is null ? buckets[draw.Bucket] : own.Buckets.Span[draw.Bucket];
        slot = slot == BucketTable.None || draw.Choice < 0 ? slot : draw.Choice;
        return slot == BucketTable.None || Alternatives[slot].Removed || Alternatives[slot].Dropped
            ? Shown(AssignmentReason.NotInTraffic, Default)
            : new ShardAnswer(AssignmentReason.Assigned, (byte)slot, own?.Epoch ?? Epoch, (byte)slot, false);
    }

    /// <summary>The epoch of somebody's value, or null: everybody's.</summary>
    private SegmentEpoch? EpochOf(string?[] values) => Shard.SegmentEpochs.FirstOrDefault(own => own.Value == values[own.Slot]);

    private static ShardAnswer Shown(AssignmentReason reason, int slot) => new(reason, (byte)slot, -1, (byte)slot, false);

    private AssignmentResult Result(string identity, int slot, AssignmentReason reason, bool isNew, int? epoch, double? probability)
    {
        var alternative = Alternatives[slot];
        return new AssignmentResult(Experiment, identity, alternative.Key, alternative.Value, reason, isNew, epoch, probability, alternative.Fingerprint);
    }
}
