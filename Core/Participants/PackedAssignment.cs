namespace Bandstand.Participants;

/// <summary>
/// A participant's first assignment in eight bytes: alternative (8 bits), epoch (16 bits) and time (40 bits of milliseconds, 34.8 years,
/// since a moment of the shard's own). <c>default</c> is alternative 0 of epoch 0 at that moment.
/// </summary>
internal readonly record struct PackedAssignment(ulong Bits)
{
    public const int EpochBits = 16;

    /// <summary>The latest time that can be kept.</summary>
    public const long MaxSince = (1L << 40) - 1;

    private const int SinceShift = 8 + EpochBits;

    public PackedAssignment(byte alternative, int epoch, long since)
        : this(alternative | ((ulong)(uint)epoch << 8) | ((ulong)Math.Clamp(since, 0, MaxSince) << SinceShift))
    {
    }

    public byte Alternative => unchecked((byte)Bits);

    public int Epoch => (int)((Bits >> 8) & ((1 << EpochBits) - 1));

    public long Since => (long)(Bits >> SinceShift);
}
