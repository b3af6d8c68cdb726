namespace Bandstand.Participants;

/// <summary>
/// One participant's conversions of one metric in four bytes. 0: never converted. Whole numbers up to 2 147 483 647 are exact; larger and
/// fractional totals are kept as 32-bit floats (relative error 6e-8), flagged by the highest bit. Only erasing reads them back;
/// the statistics themselves are summed in full precision.
/// </summary>
internal static class ConversionTotal
{
    private const uint FloatFlag = 0x8000_0000;

    public static uint Of(double total)
    {
        if (total >= 1 && total < FloatFlag && Math.Floor(total) == total)
        {
            return (uint)total;
        }

        return FloatFlag | BitConverter.SingleToUInt32Bits((float)Math.Clamp(total, 0, float.MaxValue));
    }

    public static double Value(uint packed)
        => (packed & FloatFlag) == 0 ? (double)packed : BitConverter.UInt32BitsToSingle(packed & ~FloatFlag);

    public static uint Add(uint packed, double value)
        => value == 1 && packed < FloatFlag - 1 ? packed + 1 : Of(Value(packed) + value);
}
