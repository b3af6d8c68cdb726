namespace Bandstand.Timesteps;

/// <summary>What is believed of the difference of two alternatives' means, the second minus the first. The three probabilities sum to 1.</summary>
/// <param name="Over">The probability that the second mean is larger, 0 to 1.</param>
/// <param name="Under">The probability that the first mean is larger, 0 to 1.</param>
/// <param name="None">The probability that there is no difference, 0 to 1.</param>
/// <param name="Mean">The expected difference, in standard deviations of a single target.</param>
public readonly record struct DifferenceBelief(double Over, double Under, double None, double Mean)
{
    /// <summary>The same of the first minus the second.</summary>
    public DifferenceBelief Mirrored => new(Under, Over, None, -Mean);
}
