using System.Buffers.Binary;

namespace Bandstand.Participants;

/// <summary>A growing buffer for what is not hot: plans and snapshots. Little-endian.</summary>
internal sealed class ByteWriter
{
    private byte[] buffer = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Byte(byte value) => Take(1)[0] = value;

    public void Word(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    public void Long(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8), value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)((value & 0x7f) | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    private Span<byte> Take(int bytes)
    {
        if (buffer.Length - Length < bytes)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, Length + bytes));
        }

        Length += bytes;
        return buffer.AsSpan(Length - bytes, bytes);
    }
}
