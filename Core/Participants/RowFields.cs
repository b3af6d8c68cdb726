using System.Runtime.CompilerServices;

namespace Bandstand.Participants;

/// <summary>Reads and writes the fields of a row, given its first word. Offsets are in words of four bytes; nothing need be aligned.</summary>
internal static class RowFields
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref uint Word(ref uint row, int offset) => ref Unsafe.Add(ref row, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Double(ref uint row, int offset) => Unsafe.ReadUnaligned<double>(ref Unsafe.As<uint, byte>(ref Word(ref row, offset)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetDouble(ref uint row, int offset, double value) => Unsafe.WriteUnaligned(ref Unsafe.As<uint, byte>(ref Word(ref row, offset)), value);

    public static ref byte Byte(ref uint row, int offset) => ref Unsafe.Add(ref Unsafe.As<uint, byte>(ref row), offset);

    /// <summary>A number that may be unknown: 0 in a row, and −0 stands for 0.</summary>
    public static bool IsKnown(ref uint row, int offset, out double number)
    {
        number = Double(ref row, offset);
        return number != 0 || double.IsNegative(number);
    }

    public static void SetKnown(ref uint row, int offset, double number) => SetDouble(ref row, offset, number == 0 ? -0.0 : number);

    public static long Long(ref uint row, int offset) => Unsafe.ReadUnaligned<long>(ref Unsafe.As<uint, byte>(ref Word(ref row, offset)));

    public static void SetLong(ref uint row, int offset, long value) => Unsafe.WriteUnaligned(ref Unsafe.As<uint, byte>(ref Word(ref row, offset)), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedAssignment Assignment(ref uint row)
        => Unsafe.ReadUnaligned<PackedAssignment>(ref Unsafe.As<uint, byte>(ref Word(ref row, RowLayout.Assignment)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetAssignment(ref uint row, PackedAssignment assignment)
        => Unsafe.WriteUnaligned(ref Unsafe.As<uint, byte>(ref Word(ref row, RowLayout.Assignment)), assignment);
}
