using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.Scoring;

/// <summary>Whether participants are spread over the alternatives as the weights made likely (Pearson's chi-square, 1900).</summary>
/// <remarks>A fixed-horizon test, hence the strict level: looked at often it still cries wolf now and then.</remarks>
internal static class SampleRatioCheck
{
    /// <summary>The p-value under which a spread is called a mismatch.</summary>
    public const double Alpha = 0.001;

    /// <summary>Expected participants that chi-square needs in every alternative (Cochran 1954).</summary>
    public const double LeastExpected = 5;

    public static SampleRatio Of(IReadOnlyList<ArmData> arms)
    {
        var total = arms.Sum(arm => arm.Participants);
        if (total == 0)
        {
            return None(ScoreCodes.NoParticipants, "Nobody takes part yet.");
        }

        var shares = arms.Sum(arm => arm.ExpectedShare);
        if (!(shares > 0) || arms.Any(arm => arm.ExpectedShare < 0))
        {
            return None(ScoreCodes.UnknownWeights, "The weights under which participants were assigned are not known.");
        }

        double chiSquare = 0, least = double.PositiveInfinity;
        var cells = 0;
        foreach (var arm in arms)
        {
            var expected = total * (arm.ExpectedShare / shares);
            if (expected > 0)
            {
                least = Math.Min(least, expected);
                chiSquare += (arm.Participants - expected) * ((arm.Participants - expected) / expected);
                cells++;
            }
            else if (arm.Participants > 0)
            {
                // No weight ever led here: chance cannot explain a single one.
                return new SampleRatio(0, true);
            }
        }

        if (cells < 2)
        {
            return None(ScoreCodes.NoBase, "Only one alternative was ever assigned, so there is no ratio to check.");
        }

        if (least < LeastExpected)
        {
            return None(ScoreCodes.FewParticipants, $"The check needs {LeastExpected} expected participants in every alternative.");
        }

        var p = ChiSquare.Survival(chiSquare, cells - 1);
        return new SampleRatio(p, p < Alpha);
    }

    private static SampleRatio None(string code, string detail) => new(null, false, new MissingReason(code, detail));
}
