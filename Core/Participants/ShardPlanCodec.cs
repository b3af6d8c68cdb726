using Bandstand.Experiments;

namespace Bandstand.Participants;

/// <summary>Plans as bytes: in a shard's journal, in its snapshots, and between machines.</summary>
/// <remarks>
/// Version 1: version(1) generation version status outcome + 1, default, alternatives, epoch (varints); removed (a byte per alternative, or none: a
/// count first); metrics (count, then kind, active 1 | rule 2, id, rule as flags, cap, window in ticks, covariate, numerator, denominator); buckets as runs (alternative + 1, length); where there are segments, their count, then active, metrics before it, attribute;
/// where some of them have epochs of their own, their count, then slot, epoch, value, buckets.
/// </remarks>
public static class ShardPlanCodec
{
    private const byte Version = 1;
    private const int HasRule = 2;

    /// <summary>The plan's bytes.</summary>
    /// <param name="plan">Any valid plan.</param>
    public static byte[] Write(ShardPlan plan)
    {
        var to = new ByteWriter();
        to.Byte(Version);
        to.Long(plan.Generation);
        to.Long(plan.Version);
        to.Byte((byte)plan.Status);
        to.Varint((ulong)(plan.Outcome + 1));
        to.Varint((ulong)plan.Default);
        to.Varint((ulong)plan.Alternatives);
        to.Varint((ulong)plan.Epoch);
        to.Varint((ulong)plan.Removed.Count);
        foreach (var removed in plan.Removed)
        {
            to.Byte(removed ? (byte)1 : (byte)0);
        }

        to.Varint((ulong)plan.Metrics.Count);
        foreach (var metric in plan.Metrics)
        {
            to.Byte((byte)metric.Kind);
            to.Byte((byte)((metric.Active ? 1 : 0) | (metric.Rule is null ? 0 : HasRule)));
            to.Text(metric.Id);
            if (metric.Rule is { } rule)
            {
                Write(to, rule);
            }
        }

        Write(to, plan.Buckets.Span);

        if (plan.Segments.Count > 0)
        {
            to.Varint((ulong)plan.Segments.Count);
            foreach (var segment in plan.Segments)
            {
                to.Byte(segment.Active ? (byte)1 : (byte)0);
                to.Varint((ulong)segment.AfterMetrics);
                to.Text(segment.Attribute);
            }
        }

        if (plan.SegmentEpochs.Count > 0)
        {
            to.Varint((ulong)plan.SegmentEpochs.Count);
            foreach (var own in plan.SegmentEpochs)
            {
                to.Varint((ulong)own.Slot);
                to.Varint((ulong)own.Epoch);
                to.Text(own.Value);
                Write(to, own.Buckets.Span);
            }
        }

        return to.Written.ToArray();
    }

    /// <summary>The plan of these bytes.</summary>
    /// <param name="bytes">What <see cref="Write(ShardPlan)"/> answered.</param>
    /// <exception cref="InvalidDataException">They are no plan, or one of a version that this program does not read.</exception>
    public static ShardPlan Read(ReadOnlySpan<byte> bytes)
    {
        var from = new ByteReader(bytes);
        var version = from.Byte();
        if (version != Version)
        {
            throw new InvalidDataException($"A shard's plan has version {version}; this program reads version {Version}.");
        }

        var plan = new ShardPlan
        {
            Generation = from.Long(),
            Version = from.Long(),
            Status = (ExperimentStatus)from.Byte(),
            Outcome = from.Varint(256, "outcome") - 1,
            Default = from.Varint(255, "default"),
            Alternatives = from.Varint(256, "alternatives"),
            Epoch = from.Varint(ShardPlan.MaxEpochs, "epoch"),
            Removed = Removed(ref from),
            Metrics = Metrics(ref from),
            Buckets = Buckets(ref from),
            Segments = from.AtEnd ? [] : Segments(ref from),
            SegmentEpochs = from.AtEnd ? [] : SegmentEpochs(ref from),
        };
        try
        {
            return plan.Validate();
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static void Write(ByteWriter to, ReadOnlySpan<short> buckets)
    {
        while (!buckets.IsEmpty)
        {
            var run = buckets.IndexOfAnyExcept(buckets[0]);
            run = run < 0 ? buckets.Length : run;
            to.Varint((ulong)(buckets[0] + 1));
            to.Varint((ulong)run);
            buckets = buckets[run..];
        }
    }

    private static SegmentEpoch[] SegmentEpochs(ref ByteReader from)
    {
        var epochs = new SegmentEpoch[from.Varint(ShardPlan.MaxSegmentEpochs, "epochs of segments")];
        for (var i = 0; i < epochs.Length; i++)
        {
            var slot = from.Varint(ShardPlan.MaxSegments, "segment");
            var epoch = from.Varint(ShardPlan.MaxEpochs, "epoch");
            epochs[i] = new SegmentEpoch(slot, from.Text(), epoch, Buckets(ref from));
        }

        return epochs;
    }

    private static void Write(ByteWriter to, MetricRule rule)
    {
        var texts = new[] { rule.Covariate, rule.Numerator, rule.Denominator };
        to.Byte((byte)((rule.Cap is null ? 0 : 1) | (rule.Window is null ? 0 : 2) | texts.Select((text, i) => text is null ? 0 : 4 << i).Sum()));
        if (rule.Cap is { } cap)
        {
            to.Double(cap);
        }

        if (rule.Window is { } window)
        {
            to.Varint((ulong)window.Ticks);
        }

        foreach (var text in texts.OfType<string>())
        {
            to.Text(text);
        }
    }

    private static MetricRule Rule(ref ByteReader from)
    {
        var flags = from.Byte();
        return new MetricRule
        {
            Cap = (flags & 1) != 0 ? from.Double() : null,
            Window = (flags & 2) != 0 ? TimeSpan.FromTicks((long)(from.Varint() & long.MaxValue)) : null,
            Covariate = (flags & 4) != 0 ? from.Text() : null,
            Numerator = (flags & 8) != 0 ? from.Text() : null,
            Denominator = (flags & 16) != 0 ? from.Text() : null,
        };
    }

    private static bool[] Removed(ref ByteReader from)
    {
        var removed = new bool[from.Varint(256, "removed alternatives")];
        for (var i = 0; i < removed.Length; i++)
        {
            removed[i] = from.Byte() != 0;
        }

        return removed;
    }

    private static MetricSlot[] Metrics(ref ByteReader from)
    {
        var metrics = new MetricSlot[from.Varint(ShardPlan.MaxMetrics, "metrics")];
        for (var i = 0; i < metrics.Length; i++)
        {
            var kind = (MetricKind)from.Byte();
            var flags = from.Byte();
            var id = from.Text();
            metrics[i] = new MetricSlot(id, kind, (flags & 1) != 0, (flags & HasRule) != 0 ? Rule(ref from) : null);
        }

        return metrics;
    }

    private static SegmentSlot[] Segments(ref ByteReader from)
    {
        var segments = new SegmentSlot[from.Varint(ShardPlan.MaxSegments, "segments")];
        for (var i = 0; i < segments.Length; i++)
        {
            var active = from.Byte() != 0;
            var after = from.Varint(ShardPlan.MaxMetrics, "metrics before a segment");
            segments[i] = new SegmentSlot(from.Text(), after, active);
        }

        return segments;
    }

    private static short[] Buckets(ref ByteReader from)
    {
        var buckets = new short[ShardPlan.BucketCount];
        for (var at = 0; at < buckets.Length;)
        {
            var alternative = from.Varint(256, "bucket") - 1;
            var run = from.Varint(buckets.Length - at, "a run of buckets");
            if (run == 0)
            {
                throw new InvalidDataException("A shard's plan holds an empty run of buckets.");
            }

            buckets.AsSpan(at, run).Fill((short)alternative);
            at += run;
        }

        return buckets;
    }
}
