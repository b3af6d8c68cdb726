using System.Diagnostics.CodeAnalysis;

namespace Bandstand.Statistics.Scoring;

/// <summary>A number (or interval) or the reason why there is none. <c>default</c> is neither and must not be reported.</summary>
internal readonly struct Figure<T>
    where T : notnull
{
    private readonly T? value;

    private Figure(T? value, MissingReason? reason, bool isThere) => (this.value, Reason, IsThere) = (value, reason, isThere);

    public bool IsThere { get; }

    public MissingReason? Reason { get; }

    public bool TryGet([MaybeNullWhen(false)] out T number)
    {
        number = value;
        return IsThere;
    }

    public Figure<T> Map(Func<T, T> map) => IsThere ? map(value!) : this;

    public static implicit operator Figure<T>(T value) => new(value, null, true);

    public static implicit operator Figure<T>(MissingReason reason) => new(default, reason, false);
}
