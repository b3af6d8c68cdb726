using System.Buffers.Binary;
using System.Text;
using Bandstand.Statistics;

namespace Bandstand.Participants;

/// <summary>A growing buffer for what is not hot: plans, snapshots and statistics. Little-endian.</summary>
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

    public void Moments(Moments value)
    {
        Long(value.Count);
        Double(value.Mean);
        Double(value.M2);
    }

    public void Joint(JointMoments value)
    {
        Long(value.Count);
        Double(value.MeanX);
        Double(value.MeanY);
        Double(value.M2X);
        Double(value.M2Y);
        Double(value.Product);
    }

    /// <summary>A text behind its length in bytes of UTF-8.</summary>
    public void Text(string value)
    {
        Varint((ulong)Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, Take(Encoding.UTF8.GetByteCount(value)));
    }

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
