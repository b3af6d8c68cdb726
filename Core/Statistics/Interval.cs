namespace Bandstand.Statistics;

/// <summary>A closed interval.</summary>
/// <param name="Lower">Its lower end.</param>
/// <param name="Upper">Its upper end, at least <paramref name="Lower"/>.</param>
public readonly record struct Interval(double Lower, double Upper)
{
    /// <summary>Whether <paramref name="x"/> lies in it, ends included.</summary>
    /// <param name="x">Any number.</param>
    public bool Contains(double x) => x >= Lower && x <= Upper;

    /// <summary>The interval of −x: what a difference becomes when less is better.</summary>
    public Interval Negate() => new(-Upper, -Lower);
}
