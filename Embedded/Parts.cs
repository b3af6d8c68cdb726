namespace Bandstand.Embedded;

/// <summary>Cuts a snapshot into the parts a journal takes.</summary>
internal static class Parts
{
    private const int PartBytes = 1 << 20;

    public static IReadOnlyList<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> whole)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        for (var at = 0; at < whole.Length; at += PartBytes)
        {
            parts.Add(whole[at..Math.Min(whole.Length, at + PartBytes)]);
        }

        return parts;
    }
}
