using System.Buffers;
using System.Globalization;
using System.Text.Unicode;
using Bandstand.Ports;

namespace Bandstand.Assignment;

/// <summary>The rule for identities: 1 to 1 024 bytes of UTF-8, valid Unicode. Thread-safe.</summary>
public static class Identity
{
    /// <summary>The most bytes an identity may have in UTF-8.</summary>
    public const int MaxBytes = 1_024;

    /// <summary>Code: the identity is empty.</summary>
    public const string Empty = "identity-empty";

    /// <summary>Code: the identity is too long.</summary>
    public const string TooLong = "identity-too-long";

    /// <summary>Code: the identity is not valid Unicode.</summary>
    public const string Invalid = "identity-invalid-unicode";

    /// <summary>Why a text is no identity, or null when it is one.</summary>
    /// <param name="identity">The text.</param>
    public static Refusal? Check(string? identity)
    {
        Span<byte> utf8 = stackalloc byte[MaxBytes];
        return Encode(identity, utf8, out _);
    }

    /// <summary>Why bytes are no identity, or null when they are one.</summary>
    /// <param name="utf8">The bytes.</param>
    public static Refusal? Check(ReadOnlySpan<byte> utf8)
        => utf8.IsEmpty ? IsEmpty() : utf8.Length > MaxBytes ? IsTooLong() : Utf8.IsValid(utf8) ? null : IsInvalid();

    /// <summary>Checks an identity and writes its UTF-8 without allocating.</summary>
    /// <param name="identity">The text.</param>
    /// <param name="destination">At least <see cref="MaxBytes"/> bytes.</param>
    /// <param name="written">How many bytes were written, 0 when it is refused.</param>
    /// <returns>Why the text is no identity, or null when it is one.</returns>
    public static Refusal? Encode(string? identity, Span<byte> destination, out int written)
    {
        written = 0;
        if (string.IsNullOrEmpty(identity))
        {
            return IsEmpty();
        }

        switch (Utf8.FromUtf16(identity, destination[..MaxBytes], out _, out written, replaceInvalidSequences: false, isFinalBlock: true))
        {
            case OperationStatus.Done:
                return null;
            case OperationStatus.DestinationTooSmall:
                written = 0;
                return IsTooLong();
            default:
                written = 0;
                return IsInvalid();
        }
    }

    private static Refusal IsEmpty()
        => new(RefusalKind.Invalid, Empty, "The identity is empty. Send who it is: 1 to 1024 bytes of UTF-8.");

    private static Refusal IsTooLong()
        => new(RefusalKind.Invalid, TooLong, string.Create(CultureInfo.InvariantCulture, $"The identity has more than {MaxBytes} bytes of UTF-8. Send a shorter one, such as a hash of it."));

    private static Refusal IsInvalid()
        => new(RefusalKind.Invalid, Invalid, "The identity is not valid Unicode (half of a surrogate pair or broken UTF-8). Send well-formed text.");
}
