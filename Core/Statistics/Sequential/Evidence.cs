namespace Bandstand.Statistics.Sequential;

/// <summary>What an e-process says of its null hypothesis. Immutable.</summary>
/// <remarks>
/// Under the null the e-value reaches 1/α at any time, however often one looks, with a probability of at most α (Ville 1939).
/// It is a figure of the data as they are: earlier looks leave no trace.
/// </remarks>
/// <param name="LogE">The natural logarithm of the e-value; above 0 the data speak against the null.</param>
public readonly record struct Evidence(double LogE)
{
    /// <summary>
    /// The e-value, 0 or more. Past the range of floating point it stays at the largest number, which understates the evidence.
    /// </summary>
    public double EValue => Math.Min(double.MaxValue, Math.Exp(LogE));

    /// <summary>min(1, 1/e): valid at every look, never 0 (the least number stands for anything smaller).</summary>
    public double PValue => LogE <= 0 ? 1 : Math.Max(double.Epsilon, Math.Exp(-LogE));

    /// <summary>The evidence of several e-processes about one null, with equal weights: their average is one again.</summary>
    /// <param name="parts">One or more.</param>
    public static Evidence Average(params ReadOnlySpan<Evidence> parts)
    {
        ArgumentOutOfRangeException.ThrowIfZero(parts.Length);
        var largest = double.NegativeInfinity;
        foreach (var part in parts)
        {
            largest = Math.Max(largest, part.LogE);
        }

        if (double.IsInfinity(largest))
        {
            return new Evidence(largest);
        }

        var sum = 0.0;
        foreach (var part in parts)
        {
            sum += Math.Exp(part.LogE - largest);
        }

        return new Evidence(largest + Math.Log(sum / parts.Length));
    }
}
