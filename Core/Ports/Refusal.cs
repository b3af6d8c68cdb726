namespace Bandstand.Ports;

/// <summary>Which family of problem a <see cref="Refusal"/> belongs to; each maps to one HTTP status.</summary>
public enum RefusalKind
{
    /// <summary>The request cannot be read: broken syntax, a wrong type, an unknown field (400).</summary>
    Malformed,

    /// <summary>What is named does not exist (404).</summary>
    NotFound,

    /// <summary>The request is refused in the present state (409).</summary>
    Conflict,

    /// <summary>A precondition (ETag) does not hold (412).</summary>
    PreconditionFailed,

    /// <summary>The request is larger than a stated limit (413).</summary>
    TooLarge,

    /// <summary>The request can be read but breaks a rule (422).</summary>
    Invalid,

    /// <summary>More is asked than is taken at once; try again later (429).</summary>
    Overloaded,

    /// <summary>What is needed cannot be reached or stored now; send the same again (503).</summary>
    Unavailable,
}

/// <summary>
/// A business "no" as a value: nothing was changed. Immutable and safe to share between threads.
/// </summary>
/// <param name="Kind">The family, which decides the HTTP status.</param>
/// <param name="Code">A stable kebab-case code, listed in docs/problems.md.</param>
/// <param name="Detail">What is wrong and what to do about it, for a person.</param>
public sealed record Refusal(RefusalKind Kind, string Code, string Detail)
{
    /// <summary>What is wrong by JSON path (such as <c>$.alternatives[1].key</c>); empty when the request as a whole is refused.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];
}

/// <summary>One field that is wrong: where, which code, and what to do.</summary>
/// <param name="Path">The JSON path of the field.</param>
/// <param name="Code">A stable code.</param>
/// <param name="Detail">What is wrong and the remedy.</param>
public sealed record FieldError(string Path, string Code, string Detail);

/// <summary>A hint about something accepted that may not be what was meant.</summary>
/// <param name="Code">A stable code.</param>
/// <param name="Path">The JSON path it is about.</param>
/// <param name="Detail">What was assumed and how to say it explicitly.</param>
public sealed record Warning(string Code, string Path, string Detail);
