using Bandstand.Experiments;

namespace Bandstand.Participants;

/// <summary>
/// Which slots an event feeds. Events travel under one number, their address: the first slot of their id that counts events, whether or not
/// it is active, so that an address never changes. An event that is only a part of others, or a covariate, has a slot of kind
/// <see cref="MetricKind.Event"/> for it.
/// </summary>
internal static class MetricFeeds
{
    /// <summary>True when events of this id are addressed to the slot, should it be the first.</summary>
    public static bool IsAddressed(MetricSlot slot) => slot.Kind is not (MetricKind.Ratio or MetricKind.Retention);

    /// <summary>The events, beside those of its own id, that a slot is made of.</summary>
    public static IEnumerable<string> Parts(MetricSlot slot)
        => new[] { slot.Rule?.Numerator, slot.Rule?.Denominator, slot.Rule?.Covariate }.OfType<string>();

    /// <summary>Events that count somewhere: id, address and what their values must be (any, for <see cref="MetricKind.Event"/>).</summary>
    public static IEnumerable<(string Id, int Address, MetricKind Kind)> Routes(IReadOnlyList<MetricSlot> slots)
    {
        var feeds = Of(slots, null);
        for (var address = 0; address < slots.Count; address++)
        {
            if (feeds[address] is { } feed)
            {
                var own = feed.Targets.FirstOrDefault(t => t.Part == FeedPart.Own, new FeedTarget(-1, FeedPart.Own)).Slot;
                yield return (slots[address].Id, address, own < 0 ? MetricKind.Event : slots[own].Kind);
            }
        }
    }

    /// <summary>By address: what its events feed; null where there is nothing.</summary>
    /// <param name="slots">All slots.</param>
    /// <param name="layout">Where covariates are in a row; null: it does not matter.</param>
    public static Feed?[] Of(IReadOnlyList<MetricSlot> slots, RowLayout? layout)
    {
        var targets = new Dictionary<string, List<FeedTarget>>(StringComparer.Ordinal);
        var covariates = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var slot = 0; slot < slots.Count; slot++)
        {
            var metric = slots[slot];
            if (!metric.Active || metric.Kind == MetricKind.Event)
            {
                continue;
            }

            if (IsAddressed(metric))
            {
                Add(metric.Id, new FeedTarget(slot, FeedPart.Own));
            }
            else
            {
                Add(metric.Rule!.Numerator!, new FeedTarget(slot, FeedPart.Numerator));
                Add(metric.Rule!.Denominator!, new FeedTarget(slot, FeedPart.Denominator));
            }

            if (metric.Rule?.Covariate is { } name)
            {
                covariates[name] = layout?.Covariates[slot] ?? 0;
            }
        }

        var feeds = new Feed?[slots.Count];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var address = 0; address < slots.Count; address++)
        {
            var id = slots[address].Id;
            if (IsAddressed(slots[address]) && seen.Add(id) && (targets.ContainsKey(id) || covariates.ContainsKey(id)))
            {
                var fed = targets.GetValueOrDefault(id) ?? [];
                var isPlain = fed is [{ Part: FeedPart.Own } own] && own.Slot == address && slots[address].Rule is null && !covariates.ContainsKey(id);
                feeds[address] = new Feed([.. fed], covariates.GetValueOrDefault(id, -1), isPlain);
            }
        }

        return feeds;

        void Add(string id, FeedTarget target)
        {
            if (!targets.TryGetValue(id, out var list))
            {
                targets.Add(id, list = []);
            }

            list.Add(target);
        }
    }
}

/// <summary>What an event is to a slot.</summary>
internal enum FeedPart
{
    /// <summary>One of its own.</summary>
    Own,

    /// <summary>What stands above the line.</summary>
    Numerator,

    /// <summary>What stands below the line.</summary>
    Denominator,
}

/// <summary>A slot that an event feeds.</summary>
internal readonly record struct FeedTarget(int Slot, FeedPart Part);

/// <summary>What the events of one address feed.</summary>
/// <param name="Targets">The slots.</param>
/// <param name="Covariate">Where events before the assignment add up, in words of a row; −1: nowhere.</param>
/// <param name="IsPlain">True when it is one slot without a rule, that of the address itself.</param>
internal sealed record Feed(FeedTarget[] Targets, int Covariate, bool IsPlain);
