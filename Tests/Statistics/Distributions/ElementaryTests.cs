using Bandstand.Statistics.Distributions;

namespace Bandstand.Tests.Statistics.Distributions;

public class ElementaryTests
{
    [Fact]
    public void Exponentials_and_logarithms_agree_with_those_of_the_platform_to_two_units_in_the_last_place()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var x = (random.NextDouble() * 1400) - 700;
            Close(Math.Exp(x), Elementary.Exp(x));
            var positive = Math.Exp(x);
            if (Math.Abs(positive - 1) > 1e-3)
            {
                Close(Math.Log(positive), Elementary.Log(positive));
            }
        }
    }

    [Fact]
    public void Near_zero_nothing_cancels()
    {
        foreach (var x in new[] { 1e-300, 1e-18, 3e-9, 1e-5, 0.01, 0.2, -1e-18, -3e-9, -1e-5, -0.01, -0.2 })
        {
            // Two or three terms of the series are exact here, up to 1e-5.
            if (Math.Abs(x) <= 1e-5)
            {
                Close(x + (x * x / 2) + (x * x * x / 6), Elementary.ExpM1(x));
                Close(x - (x * x / 2) + (x * x * x / 3), Elementary.Log1P(x));
            }

            Close(x, Elementary.Log1P(Elementary.ExpM1(x)));
        }
    }

    [Fact]
    public void Below_what_a_double_holds_the_exponential_is_zero()
    {
        Assert.Equal(0, Elementary.Exp(-709));
        Assert.Equal(0, Elementary.Exp(-1e9));
        Assert.Equal(0, Elementary.Exp(double.NegativeInfinity));
        Assert.Equal(1, Elementary.Exp(0));
        Assert.Equal(0, Elementary.Log(1));
        Assert.Equal(Math.Log(double.Epsilon), Elementary.Log(double.Epsilon), 1e-12);
    }

    /// <summary>These bits must come out on every machine: weights depend on them.</summary>
    [Theory]
    [InlineData(-36.6)]
    [InlineData(-0.3)]
    [InlineData(0.7)]
    [InlineData(12.5)]
    public void Bits_do_not_depend_on_how_many_numbers_are_computed_at_a_time(double x)
    {
        var many = System.Runtime.Intrinsics.Vector256.Create(1.5, x, -2, 0.25);
        Assert.Equal(Elementary.Exp(x), System.Runtime.Intrinsics.Vector256.GetElement(Elementary.Exp(many), 1));
    }

    private static void Close(double expected, double actual)
        => Assert.True(Math.Abs(actual - expected) <= 4.5e-16 * Math.Abs(expected), $"expected {expected:R}, was {actual:R}");
}
