namespace Bandstand.Statistics.Adaptive;

/// <summary>
/// By what the variance of each of two alternatives' totals differs from that of both together within epochs: a participant's variance
/// is its epoch's times its alternative's factor.
/// </summary>
/// <remarks>
/// Under adaptive weights an alternative may have a participant or two in an epoch, hence no variance of its own there, and a variance that is
/// estimated from few goes with the mean: where nobody of a few converted both are too small, and intervals miss. So the factor starts at
/// 1 with the weight of 100 participants.
/// </remarks>
internal readonly record struct PairFactors(double Arm, double Other)
{
    private const double Held = 100;

    public static PairFactors Of(IEnumerable<PairEpoch> epochs)
    {
        double arm = 0, armExpected = 0, other = 0, otherExpected = 0, sum = 0, participants = 0;
        foreach (var epoch in epochs)
        {
            var variance = epoch.Variance;
            arm += epoch.Arm.M2;
            armExpected += variance * Math.Max(0, epoch.Arm.Count - 1);
            other += epoch.Other.M2;
            otherExpected += variance * Math.Max(0, epoch.Other.Count - 1);
            sum += variance * epoch.Participants;
            participants += epoch.Participants;
        }

        var held = participants > 0 ? Held * sum / participants : 0;
        return held > 0 ? new((arm + held) / (armExpected + held), (other + held) / (otherExpected + held)) : new(1, 1);
    }
}
