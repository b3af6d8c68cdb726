namespace Bandstand.Events;

/// <summary>How the observations of a body are laid out.</summary>
public enum ObservationFormat
{
    /// <summary>CSV with a header line.</summary>
    Csv,

    /// <summary>One JSON object a line.</summary>
    Lines,
}

/// <summary>Observations of one timestep as they arrived.</summary>
/// <param name="Body">The whole body, UTF-8. Not changed until the call is over.</param>
/// <param name="Format">How it is laid out.</param>
/// <param name="Producer">Who sends it, or null: then every call counts.</param>
public readonly record struct ObservationBatch(ReadOnlyMemory<byte> Body, ObservationFormat Format, ProducerSequence? Producer = null);
