using System.Diagnostics.CodeAnalysis;

namespace Bandstand.Statistics.Scoring;

/// <summary>How a score judges alternatives. The default is <see cref="Sequential"/>.</summary>
public enum ScoreMethod
{
    /// <summary>Always-valid: right at every look.</summary>
    Sequential,

    /// <summary>Vanity's z-score and levels, exactly, for those who migrate.</summary>
    Classic,

    /// <summary>The probability of being best under the posterior.</summary>
    Bayes,

    /// <summary>Fixed-horizon tests, valid for one look at a time that was chosen beforehand.</summary>
    Fixed,
}

/// <summary>The names of methods as they go over the wire.</summary>
public static class ScoreMethods
{
    /// <summary>The wire name: <c>sequential</c>, <c>classic</c>, <c>bayes</c> or <c>fixed</c>.</summary>
    /// <param name="method">A defined method.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="method"/> is not defined.</exception>
    public static string Name(this ScoreMethod method) => method switch
    {
        ScoreMethod.Sequential => "sequential",
        ScoreMethod.Classic => "classic",
        ScoreMethod.Bayes => "bayes",
        ScoreMethod.Fixed => "fixed",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "The method must be a defined one."),
    };

    /// <summary>Reads a wire name, letter case as written.</summary>
    /// <param name="name">The name, or null.</param>
    /// <param name="method">The method when the answer is true.</param>
    public static bool TryParse([NotNullWhen(true)] string? name, out ScoreMethod method)
    {
        (var known, method) = name switch
        {
            "sequential" => (true, ScoreMethod.Sequential),
            "classic" => (true, ScoreMethod.Classic),
            "bayes" => (true, ScoreMethod.Bayes),
            "fixed" => (true, ScoreMethod.Fixed),
            _ => (false, default),
        };
        return known;
    }
}
