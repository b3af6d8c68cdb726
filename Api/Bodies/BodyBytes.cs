using System.Buffers;
using System.IO.Pipelines;

namespace Bandstand.Api;

/// <summary>A whole body in memory: lent by the connection where it arrived in one piece, else copied. Dispose it once.</summary>
internal readonly struct BodyBytes : IDisposable
{
    private readonly PipeReader? lender;
    private readonly ReadOnlySequence<byte> lent;
    private readonly byte[]? rented;
    private readonly Gate? gate;

    public BodyBytes(PipeReader lender, in ReadOnlySequence<byte> lent)
    {
        this.lender = lender;
        this.lent = lent;
        Memory = lent.First;
    }

    public BodyBytes(byte[] rented, int length, Gate gate)
    {
        this.rented = rented;
        this.gate = gate;
        Memory = rented.AsMemory(0, length);
    }

    public ReadOnlyMemory<byte> Memory { get; }

    public void Dispose()
    {
        lender?.AdvanceTo(lent.End);
        if (rented is not null)
        {
            gate!.Give(rented.Length);
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
