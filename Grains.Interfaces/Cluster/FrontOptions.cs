namespace Bandstand.Grains;

/// <summary>How a front end asks the cluster. Every member has a sensible default.</summary>
public sealed record FrontOptions
{
    /// <summary>False: assigns by hash, stores and counts nothing. Default true.</summary>
    public bool Collect { get; init; } = true;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
