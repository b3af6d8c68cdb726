using System.Text.Json.Serialization;

namespace Bandstand.Timesteps;

/// <summary>Which t test compares the two alternatives of a timestep.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TimestepTest>))]
public enum TimestepTest
{
    /// <summary>Student's, with pooled variance: that of the original procedure.</summary>
    [JsonStringEnumMemberName("student")]
    Student,

    /// <summary>Welch's, which does not take the variances for equal.</summary>
    [JsonStringEnumMemberName("welch")]
    Welch,
}
