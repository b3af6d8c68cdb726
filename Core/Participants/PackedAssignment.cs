using System.Runtime.CompilerServices;

namespace Bandstand.Participants;

/// <summary>
/// A participant's first assignment in eight bytes: alternative (8 bits), epoch (14 bits) and time (42 bits of milliseconds since
/// 1970, so until the year 2109). <c>default</c> is alternative 0 of epoch 0 at 1970.
/// </summary>
internal readonly record struct PackedAssignment(ulong Bits)
{
    public const int EpochBits = 14;
    public const int TimeBits = 42;

    /// <summary>The latest time that can be kept; later ones are kept as this, earlier than 1970 as 0.</summary>
    public const long MaxTime = (1L << TimeBits) - 1;

    public PackedAssignment(byte alternative, int epoch, long atMs)
        : this(alternative | ((ulong)(uint)epoch << 8) | ((ulong)ClampTime(atMs) << (8 + EpochBits)))
    {
    }

    public byte Alternative => unchecked((byte)Bits);

    public int Epoch => (int)((Bits >> 8) & ((1 << EpochBits) - 1));

    public long AtMs => (long)(Bits >> (8 + EpochBits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ClampTime(long atMs) => unchecked((ulong)atMs) <= MaxTime ? atMs : atMs < 0 ? 0 : MaxTime;
}
