using Bandstand.Experiments;

namespace Bandstand.Tests.Experiments;

public class IsoDurationTests
{
    [Theory]
    [InlineData("P30D", 30 * 86_400)]
    [InlineData("P1W", 7 * 86_400)]
    [InlineData("P1W2D", 9 * 86_400)]
    [InlineData("PT1H30M", 5_400)]
    [InlineData("P1DT0.5S", 86_400.5)]
    [InlineData("PT90M", 5_400)]
    public void Durations_of_fixed_length_are_read_and_written(string text, double seconds)
    {
        Assert.True(IsoDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
        Assert.True(IsoDuration.TryParse(IsoDuration.Format(duration), out var again));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("P1Y")]
    [InlineData("P1M")]
    [InlineData("-P1D")]
    [InlineData("P0D")]
    [InlineData("PT1.5H")]
    [InlineData("P1H")]
    [InlineData("P1D1W")]
    [InlineData("p1d")]
    [InlineData("P1D\n")]
    [InlineData("P١D")]
    [InlineData("P999999999W")]
    [InlineData("30.00:00:00")]
    public void Everything_else_is_no_duration(string text) => Assert.False(IsoDuration.TryParse(text, out _));
}
