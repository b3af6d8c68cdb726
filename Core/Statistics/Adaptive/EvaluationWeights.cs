namespace Bandstand.Statistics.Adaptive;

/// <summary>How much a participant's score counts, by the probability π of the alternative that is estimated.</summary>
public enum EvaluationWeights
{
    /// <summary>1: unbiased, and as noisy as the least π makes it.</summary>
    Uniform,

    /// <summary>√π, which makes all terms about equally variable (Hadad et al. 2021, the constant allocation rate).</summary>
    RootProbability,

    /// <summary>π: the least variance where the mean never changes.</summary>
    Probability,
}
