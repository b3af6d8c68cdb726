using System.Text.Json.Serialization;

namespace Bandstand.Timesteps;

/// <summary>What became of a timestep. Only <see cref="Ok"/> and <see cref="ZeroVarianceUnequal"/> can change the winner.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TimestepStatus>))]
public enum TimestepStatus
{
    /// <summary>The test was made.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Nothing was ever observed, or the timestep was passed over.</summary>
    [JsonStringEnumMemberName("missing_file")]
    MissingFile,

    /// <summary>There are no rows that can be read.</summary>
    [JsonStringEnumMemberName("empty")]
    Empty,

    /// <summary>All rows are of one alternative.</summary>
    [JsonStringEnumMemberName("one_banner")]
    OneBanner,

    /// <summary>There are rows of a banner that is no alternative.</summary>
    [JsonStringEnumMemberName("unexpected_banner")]
    UnexpectedBanner,

    /// <summary>An alternative has fewer than two targets, so that its deviation is undefined.</summary>
    [JsonStringEnumMemberName("std_undefined")]
    DeviationUndefined,

    /// <summary>Both deviations are 0 and the means are equal: there is nothing to test.</summary>
    [JsonStringEnumMemberName("zero_variance")]
    ZeroVariance,

    /// <summary>Both deviations are 0 and the means differ: p is 0 and decides.</summary>
    [JsonStringEnumMemberName("zero_variance_unequal")]
    ZeroVarianceUnequal,
}

/// <summary>The names that go over the wire and into tables.</summary>
public static class TimestepStatusNames
{
    /// <summary>The status as it is written, such as <c>std_undefined</c>.</summary>
    /// <param name="status">One of the values.</param>
    public static string Name(this TimestepStatus status) => status switch
    {
        TimestepStatus.Ok => "ok",
        TimestepStatus.MissingFile => "missing_file",
        TimestepStatus.Empty => "empty",
        TimestepStatus.OneBanner => "one_banner",
        TimestepStatus.UnexpectedBanner => "unexpected_banner",
        TimestepStatus.DeviationUndefined => "std_undefined",
        TimestepStatus.ZeroVariance => "zero_variance",
        TimestepStatus.ZeroVarianceUnequal => "zero_variance_unequal",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };
}
