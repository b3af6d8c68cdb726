namespace Bandstand.Timesteps;

/// <summary>Sums and products of doubles together with what rounding took from them, so that value + rest is the exact result.</summary>
internal static class Exact
{
    /// <summary>TwoSum: exact for all finite numbers whose sum does not overflow (Knuth, TAOCP 2, 4.2.2, theorem B).</summary>
    public static (double Value, double Tail) Add(double a, double b)
    {
        var sum = a + b;
        var part = sum - a;
        return (sum, (a - (sum - part)) + (b - part));
    }

    /// <summary>Fast TwoSum: exact where |a| ≥ |b| (Dekker 1971).</summary>
    public static (double Value, double Tail) AddOrdered(double a, double b)
    {
        var sum = a + b;
        return (sum, b - (sum - a));
    }

    /// <summary>TwoProduct by fused multiply-add: exact unless the product over- or underflows (Ogita, Rump and Oishi 2005).</summary>
    public static (double Value, double Tail) Multiply(double a, double b)
    {
        var product = a * b;
        return (product, Math.FusedMultiplyAdd(a, b, -product));
    }
}
