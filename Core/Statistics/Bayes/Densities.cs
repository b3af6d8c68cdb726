namespace Bandstand.Statistics.Bayes;

/// <summary>Posteriors as densities on the scale that suits them.</summary>
internal static class Densities
{
    public static LogitBeta[] Of(ReadOnlySpan<BetaPosterior> posteriors)
    {
        var densities = new LogitBeta[Some(posteriors.Length)];
        for (var i = 0; i < densities.Length; i++)
        {
            densities[i] = new LogitBeta(posteriors[i]);
        }

        return densities;
    }

    public static NormalDensity[] Of(ReadOnlySpan<NormalPosterior> posteriors)
    {
        var densities = new NormalDensity[Some(posteriors.Length)];
        for (var i = 0; i < densities.Length; i++)
        {
            densities[i] = new NormalDensity(posteriors[i]);
        }

        return densities;
    }

    public static StudentDensity[] Of(ReadOnlySpan<StudentPosterior> posteriors)
    {
        var densities = new StudentDensity[Some(posteriors.Length)];
        for (var i = 0; i < densities.Length; i++)
        {
            densities[i] = new StudentDensity(posteriors[i]);
        }

        return densities;
    }

    private static int Some(int count)
        => count > 0 ? count : throw new ArgumentException("Nothing to compare: give at least one posterior.", nameof(count));
}
