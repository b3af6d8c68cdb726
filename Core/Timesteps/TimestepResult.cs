namespace Bandstand.Timesteps;

/// <summary>One alternative of a closed timestep.</summary>
/// <param name="Alternative">Its key.</param>
/// <param name="N">How many targets, as they were (not multiplied).</param>
/// <param name="Mean">Their mean; null without targets.</param>
/// <param name="StdDev">Their standard deviation (n − 1); null with fewer than two.</param>
public sealed record TimestepAlternative(string Alternative, long N, double? Mean, double? StdDev);

/// <summary>
/// What the close of a timestep decided. It holds finite numbers only and reads back from JSON as it was written.
/// </summary>
/// <param name="Timestep">Its number, from 0.</param>
/// <param name="Winner">The alternative that leads after it.</param>
/// <param name="Changed">Whether that is another one than before.</param>
/// <param name="Status">What became of it.</param>
/// <param name="T">The test statistic, the first alternative's mean minus the second's; null where there is none or it is infinite.</param>
/// <param name="Df">Its degrees of freedom; null where there are none.</param>
/// <param name="PValue">Two-sided; null where no test was made.</param>
/// <param name="Significant">Classic: whether <paramref name="PValue"/> is at most alpha, so that the larger mean won. Adaptive: whether the lead changed on the evidence.</param>
/// <param name="Alternatives">In the order of the definition.</param>
/// <param name="Rows">All rows, those that do not count included.</param>
/// <param name="Rejected">Rows that could not be read.</param>
/// <param name="NullTargets">Rows without a target.</param>
/// <param name="Detail">For people: what kept the timestep from deciding or makes it doubtful, or the figures it was decided by; null when there is nothing to say.</param>
public sealed record TimestepResult(
    int Timestep,
    string Winner,
    bool Changed,
    TimestepStatus Status,
    double? T,
    double? Df,
    double? PValue,
    bool Significant,
    IReadOnlyList<TimestepAlternative> Alternatives,
    long Rows = 0,
    long Rejected = 0,
    long NullTargets = 0,
    string? Detail = null);
