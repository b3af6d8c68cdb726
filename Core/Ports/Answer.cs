using System.Diagnostics.CodeAnalysis;

namespace Bandstand.Ports;

/// <summary>
/// Either a value or a <see cref="Ports.Refusal"/>. <c>default</c> is a value that is <c>default(T)</c>.
/// Infrastructure failures are exceptions, not answers.
/// </summary>
/// <typeparam name="T">What is answered when nothing is refused.</typeparam>
public readonly struct Answer<T>
{
    private readonly T value;

    private Answer(T value, Refusal? refusal)
    {
        this.value = value;
        Refusal = refusal;
    }

    /// <summary>Why not, or null when there is a value.</summary>
    public Refusal? Refusal { get; }

    /// <summary>True when the request was refused.</summary>
    [MemberNotNullWhen(true, nameof(Refusal))]
    public bool IsRefused => Refusal is not null;

    /// <summary>The value.</summary>
    /// <exception cref="RefusedException">The request was refused.</exception>
    public T Value => Refusal is null ? value : throw new RefusedException(Refusal);

    /// <summary>Carries a refusal over to another type of answer.</summary>
    public Answer<TOther> To<TOther>() => Refusal ?? throw new InvalidOperationException("Only a refusal can change its type.");

    /// <summary>The answer of another value when this is one, else the same refusal.</summary>
    /// <param name="map">Makes the other value.</param>
    public Answer<TOther> Map<TOther>(Func<T, TOther> map) => Refusal is null ? map(value) : Refusal;

    internal static Answer<T> Of(T value) => new(value, null);

#pragma warning disable CA2225 // Named alternates would say nothing that the conversions do not.
    /// <summary>A value is an answer.</summary>
    public static implicit operator Answer<T>(T value) => new(value, null);

    /// <summary>A refusal is an answer.</summary>
    public static implicit operator Answer<T>(Refusal refusal) => new(default!, refusal);
#pragma warning restore CA2225
}

/// <summary>Makes answers where the compiler cannot tell the type, as with interfaces.</summary>
public static class Answer
{
    /// <summary>A value is an answer.</summary>
    public static Answer<T> Of<T>(T value) => Answer<T>.Of(value);
}

/// <summary>Nothing to say beyond "done".</summary>
public readonly record struct Done;

/// <summary>Thrown by <see cref="Answer{T}.Value"/> when the request was refused.</summary>
#pragma warning disable CA1032 // It always carries its refusal.
public sealed class RefusedException(Refusal refusal) : Exception($"{refusal.Code}: {refusal.Detail}")
#pragma warning restore CA1032
{
    /// <summary>What was refused and why.</summary>
    public Refusal Refusal { get; } = refusal;
}
