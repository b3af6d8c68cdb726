using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Bandstand.Api;

/// <summary>
/// A JSON text in the making, in a buffer that a thread uses again and again: nothing is allocated for a usual answer. Rent,
/// write and send (or drop) without awaiting in between.
/// </summary>
internal sealed class JsonOutput : IDisposable
{
    public static readonly StringValues MediaType = "application/json";

    /// <summary>A buffer that grew larger than this is left to the collector.</summary>
    private const int KeptBytes = 256 << 10;

    /// <summary>An answer larger than this is flushed, so that a slow reader holds it up.</summary>
    private const int FlushBytes = 32 << 10;

    [ThreadStatic]
    private static JsonOutput? spare;

    private readonly ArrayBufferWriter<byte> buffer = new(1024);

    private JsonOutput() => Writer = new Utf8JsonWriter(
        buffer,
        new JsonWriterOptions
        {
            // The answers are never put into HTML as they are; é stays é.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
#if !DEBUG
            SkipValidation = true,
#endif
        });

    public Utf8JsonWriter Writer { get; }

    public ReadOnlySpan<byte> Written
    {
        get
        {
            Writer.Flush();
            return buffer.WrittenSpan;
        }
    }

    public static JsonOutput Rent()
    {
        var output = spare ?? new JsonOutput();
        spare = null;
        return output;
    }

    public Task Send(HttpContext context, int status) => Send(context, status, MediaType);

    public Task Send(HttpContext context, int status, in StringValues mediaType)
    {
        var text = Written;
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.ContentType = mediaType;
        response.ContentLength = text.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return Task.CompletedTask;
        }

        var body = response.BodyWriter;
        body.Write(text);
        return text.Length <= FlushBytes ? Task.CompletedTask : body.FlushAsync(context.RequestAborted).AsTask();
    }

    public void Dispose()
    {
        if (buffer.Capacity <= KeptBytes)
        {
            buffer.ResetWrittenCount();
            Writer.Reset();
            spare = this;
        }
    }
}
