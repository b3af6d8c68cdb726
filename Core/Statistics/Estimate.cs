using System.Diagnostics.CodeAnalysis;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics;

/// <summary>A number (or interval, or test result), or the reason why it cannot be computed.</summary>
/// <remarks><c>default</c> is unavailable with the code <c>not-yet</c>. Immutable, safe to share between threads.</remarks>
/// <typeparam name="T">What is estimated.</typeparam>
public readonly record struct Estimate<T>
    where T : notnull
{
    private static readonly Unavailable NotComputed = new(ScoreCodes.NotYet, "This was not computed.");

    private readonly T? _value;
    private readonly Unavailable? _unavailable;

    /// <summary>An available value. Numbers that are not finite are refused.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is a number, but NaN or infinite: say why with <see cref="Unavailable"/> instead.</exception>
    public Estimate(T value)
    {
        if (value is double number && !double.IsFinite(number))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "An estimate is a finite number, or unavailable with a reason.");
        }

        (IsAvailable, _value) = (true, value);
    }

    /// <summary>No value, and why.</summary>
    /// <param name="reason">The reason.</param>
    public Estimate(Unavailable reason) => _unavailable = reason;

    /// <summary>Whether there is a value.</summary>
    public bool IsAvailable { get; }

    /// <summary>Why there is none, or null where there is one.</summary>
    public Unavailable? Reason => IsAvailable ? null : _unavailable ?? NotComputed;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T Value => IsAvailable ? _value! : throw new InvalidOperationException($"Unavailable ({Reason!.Code}): {Reason.Detail}");

    /// <summary>An available value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Estimate<T>(T value) => new(value);

    /// <summary>No value, and why.</summary>
    /// <param name="reason">The reason.</param>
    public static implicit operator Estimate<T>(Unavailable reason) => new(reason);

    /// <summary>Reads value or reason.</summary>
    /// <param name="value">The value, if there is one.</param>
    /// <param name="reason">Why not, otherwise.</param>
    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Unavailable? reason)
    {
        value = _value;
        reason = Reason;
        return IsAvailable;
    }

    /// <summary>The estimate of something computed from the value; a missing value stays missing for the same reason.</summary>
    /// <typeparam name="TOther">What is computed.</typeparam>
    /// <param name="compute">Computes it, or says why it cannot be.</param>
    public Estimate<TOther> Then<TOther>(Func<T, Estimate<TOther>> compute)
        where TOther : notnull
        => IsAvailable ? compute(_value!) : Reason!;

    /// <summary>The value, or "unavailable" with the reason.</summary>
    public override string ToString() => IsAvailable ? $"{_value}" : $"unavailable ({Reason!.Code})";
}
