using System.Text;
using Bandstand.Assignment;
using Bandstand.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bandstand.Api;

/// <summary>Reads parameters from the path.</summary>
internal static class Paths
{
    private static readonly Refusal NotText = JsonFields.Refuse(
        RefusalKind.Invalid, Identity.Invalid, "{identity}", "This is not Unicode text. Write its UTF-8 bytes with % escapes.");

    /// <summary>The experiment's id.</summary>
    public static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    /// <summary>
    /// The path's last part as it was sent, unescaped once: routing would leave an escaped slash as it is, and an identity may
    /// have one.
    /// </summary>
    public static Answer<string> LastPart(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.AsSpan();
        var query = target.IndexOf('?');
        var path = query < 0 ? target : target[..query];
        path = path.EndsWith('/') ? path[..^1] : path;
        var part = path[(path.LastIndexOf('/') + 1)..];
        var bytes = new byte[part.Length];
        var length = 0;
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] > 0x7e)
            {
                return NotText;
            }

            if (part[i] != '%')
            {
                bytes[length++] = (byte)part[i];
            }
            else if (i + 2 < part.Length && char.IsAsciiHexDigit(part[i + 1]) && char.IsAsciiHexDigit(part[i + 2]))
            {
                bytes[length++] = Convert.FromHexString(part.Slice(i + 1, 2))[0];
                i += 2;
            }
            else
            {
                return NotText;
            }
        }

        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return NotText;
        }
    }

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
