using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bandstand.Api;

/// <summary>Reads bodies within limits: of the body itself, inflated, and of all bodies together.</summary>
internal static class RequestBody
{
    /// <summary>False when the request has no body at all.</summary>
    public static bool IsThere(HttpRequest request) =>
        request.ContentLength is > 0 || (request.ContentLength is null && request.Headers.TransferEncoding.Count > 0);

    /// <summary>The body as it arrives, inflated when it is gzip.</summary>
    public static PipeReader? Open(HttpContext context, out Problem? problem)
    {
        problem = null;
        var encoding = context.Request.Headers.ContentEncoding;
        if (encoding.Count == 0)
        {
            return context.Request.BodyReader;
        }

        switch (encoding.ToString().Trim().ToLowerInvariant())
        {
            case "" or "identity":
                return context.Request.BodyReader;
            case "gzip" or "x-gzip":
                // What GZipStream reads ahead stays within its own buffer of 8 KiB.
                var inflated = new GZipStream(context.Request.Body, CompressionMode.Decompress, leaveOpen: true);
                var reader = PipeReader.Create(inflated, new StreamPipeReaderOptions(bufferSize: 64 << 10));
                context.Response.OnCompleted(static state => ((PipeReader)state).CompleteAsync().AsTask(), reader);
                return reader;
            default:
                context.Response.Headers.AcceptEncoding = "gzip";
                problem = Problem.ContentEncoding;
                return null;
        }
    }

    /// <summary>The whole body, or why not.</summary>
    /// <param name="context">The request.</param>
    /// <param name="limit">The most bytes, inflated.</param>
    /// <param name="gate">Counts the bytes.</param>
    public static async ValueTask<(BodyBytes Body, Problem? Problem)> ReadWhole(HttpContext context, int limit, Gate gate)
    {
        if (context.Request.ContentLength > limit)
        {
            return (default, Problem.BodyTooLarge(limit));
        }

        if (Open(context, out var problem) is not { } reader)
        {
            return (default, problem);
        }

        Unlimit(context);
        try
        {
            var read = await reader.ReadAsync();
            return read.IsCompleted && read.Buffer.IsSingleSegment && read.Buffer.Length <= limit
                ? (new BodyBytes(reader, read.Buffer), null)
                : await Copy(reader, read, limit, gate);
        }
        catch (InvalidDataException)
        {
            return (default, Problem.Compression);
        }
    }

    /// <summary>Leaves the limit of the body's size to us.</summary>
    public static void Unlimit(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false, MaxRequestBodySize: not null } feature)
        {
            feature.MaxRequestBodySize = null;
        }
    }

    private static async ValueTask<(BodyBytes Body, Problem? Problem)> Copy(
        PipeReader reader, ReadResult read, int limit, Gate gate)
    {
        byte[]? buffer = null;
        var length = 0;
        try
        {
            while (true)
            {
                var total = length + read.Buffer.Length;
                if (total > limit)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    return (default, Problem.BodyTooLarge(limit));
                }

                // The first buffer is for what arrived (a declared length is only believed as it comes); it doubles from there.
                if (buffer is null || total > buffer.Length)
                {
                    var grown = ArrayPool<byte>.Shared.Rent((int)Math.Max(total, Math.Min(limit, Math.Max(4096, 2L * length))));
                    if (!gate.TryTake(grown.Length))
                    {
                        ArrayPool<byte>.Shared.Return(grown);
                        reader.AdvanceTo(read.Buffer.End);
                        return (default, Problem.Overloaded);
                    }

                    buffer.AsSpan(0, length).CopyTo(grown);
                    Release(buffer, gate);
                    buffer = grown;
                }

                read.Buffer.CopyTo(buffer.AsSpan(length));
                length = (int)total;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    var body = new BodyBytes(buffer, length, gate);
                    buffer = null;
                    return (body, null);
                }

                read = await reader.ReadAsync();
            }
        }
        finally
        {
            Release(buffer, gate);
        }
    }

    private static void Release(byte[]? buffer, Gate gate)
    {
        if (buffer is not null)
        {
            gate.Give(buffer.Length);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
