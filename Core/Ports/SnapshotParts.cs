namespace Bandstand.Ports;

/// <summary>Cuts a snapshot that is one piece into the parts that <see cref="IJournal.Snapshot"/> takes. Pure.</summary>
public static class SnapshotParts
{
    /// <summary>The longest part, in bytes: 1 MiB.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The parts in order; none of an empty snapshot. They share the snapshot's memory.</summary>
    /// <param name="whole">The snapshot.</param>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> whole)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        for (var at = 0; at < whole.Length; at += MaxBytes)
        {
            parts.Add(whole[at..Math.Min(whole.Length, at + MaxBytes)]);
        }

        return parts;
    }
}
