using Bandstand.Experiments;
using Bandstand.Statistics.Classic;

namespace Bandstand.Statistics.Scoring;

/// <summary>What Vanity shows of each alternative.</summary>
internal static class ClassicFigures
{
    private static readonly Unavailable NoZ = Reasons.ConversionOnly("The classic z-score");
    private static readonly Unavailable NoLevel = Reasons.ConversionOnly("A classic level");

    /// <summary>The z-score against the base and the level it reaches.</summary>
    public static (Estimate<double> Z, Estimate<double> Level) Score(IReadOnlyList<ArmData> arms, int index, ScoreRequest request, Ranking ranking)
    {
        if (request.Kind != MetricKind.Conversion)
        {
            return (NoZ, NoLevel);
        }

        if (ranking.Base is not { } second)
        {
            return (Reasons.NoBase(), Reasons.NoBase());
        }

        ArmData arm = arms[index], other = arms[second];
        var z = request.Sign * ClassicScore.Z(
            Ranking.Unsigned(arm, request.Kind), arm.Participants, Ranking.Unsigned(other, request.Kind), other.Participants);
        Estimate<double> shown = double.IsFinite(z) ? z + 0.0 // No negative zero.
            : arm.Participants == 0 ? Reasons.EmptyAlternative(arm)
            : other.Participants == 0 ? Reasons.EmptyAlternative(other)
            : new Unavailable(ScoreCodes.ZeroVariance, $"Everybody or nobody converts in '{arm.Key}' and in the base '{other.Key}', so there is no spread to judge a difference by.");
        return (shown, ClassicLevel.Of(z));
    }

    /// <summary>By how many percent an alternative is better than the least.</summary>
    public static Estimate<double> Difference(IReadOnlyList<ArmData> arms, int index, Ranking ranking)
    {
        if (ranking.Least is not { } least)
        {
            return Reasons.NoLeast();
        }

        if (arms[index].Participants == 0)
        {
            return Reasons.EmptyAlternative(arms[index]);
        }

        var floor = ranking.Signed(least);
        return ranking.Signed(index) > floor
            ? Reasons.Finite((ranking.Signed(index) - floor) / Math.Abs(floor) * 100)
            : Reasons.NotBetterThanLeast(arms[least].Key);
    }
}
