using Bandstand.Ports;

namespace Bandstand.Grains;

/// <summary>An actor cannot answer now, or must not: its store failed or is damaged. Nothing was answered as done.</summary>
[GenerateSerializer, Alias("bandstand.failed")]
#pragma warning disable CA1032 // It always says what is to be answered.
public sealed class ActorFailedException : Exception
#pragma warning restore CA1032
{
    /// <summary>Creates it with what callers are to be told.</summary>
    /// <param name="code">A stable code.</param>
    /// <param name="detail">What is wrong and what to do.</param>
    public ActorFailedException(string code, string detail)
        : base(detail) => Code = code;

    /// <summary>A stable code.</summary>
    [Id(0)]
    public string Code { get; }

    /// <summary>What callers are told.</summary>
    public Refusal ToRefusal() => new(RefusalKind.Unavailable, Code, Message);
}
