using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Bandstand.Events;
using Bandstand.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Bandstand.Api;

/// <summary>
/// Applies a body of lines that may have no end: in pieces of whole lines, each durable before the next is applied, while the
/// next is read. A piece is applied when it is full or when nothing more comes for a moment.
/// </summary>
internal sealed class EventStream(ApiParts parts, HttpContext context)
{
    private const int FirstBuffer = 16 << 10;

    private readonly ReceiptSum sum = new();
    private readonly int piece = Math.Max(parts.Options.PieceBytes, parts.Options.MaxLineBytes + 2);
    private byte[]? filling;
    private int filled;
    private byte[]? applying;
    private Task<Answer<EventReceipt>>? pending;
    private long appliedLines;
    private long nextLine = 1;
    private bool skipping;

    /// <summary>Reads to the end, the first failure or the server's stop, and answers.</summary>
    public async Task Run()
    {
        if (RequestBody.Open(context, out var problem) is not { } reader)
        {
            await Problems.Write(context, problem!);
            return;
        }

        RequestBody.Unlimit(context);
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            // Slow is allowed here; silence is not (StreamIdle).
            rate.MinDataRate = null;
        }

        try
        {
            problem = await ReadAll(reader) ?? await Apply(filled, isEnd: true) ?? await Settle();
        }
        finally
        {
            // The engine may still read the piece that is being applied: its buffer must not go back before it is done.
            if (pending is not null)
            {
                problem = await Settle() ?? problem;
            }

            Release(ref filling);
            Release(ref applying);
        }

        if (problem is not null)
        {
            await Problems.Write(context, problem with { Applied = sum.Total, AppliedLines = appliedLines });
            return;
        }

        using var json = JsonOutput.Rent();
        EventJson.Write(json.Writer, sum.Total);
        await json.Send(context, 200);
    }

    /// <summary>Reads until the body ends (null) or something is wrong; what is left of it is in the buffer.</summary>
    private async Task<Problem?> ReadAll(PipeReader reader)
    {
        try
        {
            while (true)
            {
                var reading = reader.ReadAsync();
                ReadResult read;
                if (reading.IsCompleted)
                {
                    read = await reading;
                }
                else
                {
                    var arriving = reading.AsTask();
                    if (await Wait(arriving) is { } waited)
                    {
                        await GiveUp(reader, arriving);
                        return waited;
                    }

                    read = await arriving;
                }

                if (await Take(reader, read) is { } refused)
                {
                    return refused;
                }

                if (read.IsCompleted)
                {
                    return null;
                }
            }
        }
        catch (InvalidDataException)
        {
            return await ApplyWholeLines() ?? Problem.Compression;
        }
        catch (BadHttpRequestException error)
        {
            return await ApplyWholeLines() ?? Problem.From(error);
        }
        catch (IOException)
        {
            // The caller went away: what has arrived whole still counts, as everything before it does.
            await ApplyWholeLines();
            throw;
        }
    }

    /// <summary>Waits for more; applies what there is when that takes a moment. Null when something has arrived.</summary>
    private async Task<Problem?> Wait(Task arriving)
    {
        await Quietly(arriving.WaitAsync(parts.Options.Linger, parts.Clock, parts.Stopping));
        if (arriving.IsCompleted)
        {
            return null;
        }

        if (await ApplyWholeLines() is { } refused)
        {
            return refused;
        }

        if (filled == 0)
        {
            // It may be silent for long: hold no memory for it.
            Release(ref filling);
            Release(ref applying);
        }

        await Quietly(arriving.WaitAsync(parts.Options.StreamIdle, parts.Clock, parts.Stopping));
        return arriving.IsCompleted ? null : parts.Stopping.IsCancellationRequested ? Problem.Stopping : Problem.BodyTimeout;
    }

    /// <summary>Ends a read that is under way, so that the connection can be used for the answer.</summary>
    private static async Task GiveUp(PipeReader reader, Task<ReadResult> arriving)
    {
        reader.CancelPendingRead();
        await Quietly(arriving);
        if (arriving.IsCompletedSuccessfully)
        {
            reader.AdvanceTo((await arriving).Buffer.End);
        }
    }

    private async ValueTask<Problem?> Take(PipeReader reader, ReadResult read)
    {
        try
        {
            foreach (var segment in read.Buffer)
            {
                if (await Take(segment) is { } refused)
                {
                    return refused;
                }
            }

            return null;
        }
        finally
        {
            reader.AdvanceTo(read.Buffer.End);
        }
    }

    /// <summary>Puts what has arrived into the buffer; makes room whenever it is full.</summary>
    private async ValueTask<Problem?> Take(ReadOnlyMemory<byte> arrived)
    {
        while (!arrived.IsEmpty)
        {
            if (skipping)
            {
                var end = arrived.Span.IndexOf((byte)'\n');
                if (end < 0)
                {
                    return null;
                }

                skipping = false;
                arrived = arrived[(end + 1)..];
                continue;
            }

            if (filling is null || filled == filling.Length)
            {
                if (await MakeRoom() is { } refused)
                {
                    return refused;
                }

                continue;
            }

            var count = Math.Min(arrived.Length, filling.Length - filled);
            arrived.Span[..count].CopyTo(filling.AsSpan(filled));
            filled += count;
            arrived = arrived[count..];
        }

        return null;
    }

    /// <summary>The buffer is full (or missing): a larger one, or its whole lines applied, or its one endless line dropped.</summary>
    private async ValueTask<Problem?> MakeRoom()
    {
        if (filling is null || filling.Length < piece)
        {
            return Grow();
        }

        var whole = filling.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
        if (whole > 0)
        {
            return await Apply(whole, isEnd: false);
        }

        sum.Reject(new RejectedEvent(nextLine, "line-too-long", $"The line has more than {filled} bytes; at most {parts.Options.MaxLineBytes} are read. Send a shorter event."));
        nextLine++;
        filled = 0;
        skipping = true;
        return null;
    }

    private Problem? Grow()
    {
        var grown = ArrayPool<byte>.Shared.Rent(filling is null ? FirstBuffer : Math.Min(piece, filling.Length * 4));
        if (!parts.Gate.TryTake(grown.Length))
        {
            ArrayPool<byte>.Shared.Return(grown);
            return Problem.Overloaded;
        }

        filling.AsSpan(0, filled).CopyTo(grown);
        Release(ref filling);
        filling = grown;
        return null;
    }

    private async ValueTask<Problem?> ApplyWholeLines()
    {
        var whole = filling.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
        return (whole == 0 ? null : await Apply(whole, isEnd: false)) ?? await Settle();
    }

    /// <summary>Begins to apply the first bytes of the buffer, once the piece before is durable; the rest moves to the other buffer.</summary>
    private async ValueTask<Problem?> Apply(int length, bool isEnd)
    {
        if (await Settle() is { } refused)
        {
            return refused;
        }

        if (length == 0)
        {
            return null;
        }

        if (!isEnd && (applying is null || applying.Length < filling!.Length))
        {
            Release(ref applying);
            applying = ArrayPool<byte>.Shared.Rent(filling!.Length);
            if (!parts.Gate.TryTake(applying.Length))
            {
                ArrayPool<byte>.Shared.Return(applying);
                applying = null;
                return Problem.Overloaded;
            }
        }

        var body = filling.AsMemory(0, length);
        filling.AsSpan(length, filled - length).CopyTo(applying);
        (applying, filling, filled) = (filling, applying, filled - length);
        var lines = body.Span.Count((byte)'\n') + (body.Span[^1] == '\n' ? 0 : 1);
        pending = parts.Experiments.Ingest(new EventBatch(body, EventFormat.Lines, null, nextLine)).AsTask();
        nextLine += lines;
        return null;
    }

    /// <summary>Waits for the piece that is being applied.</summary>
    private async ValueTask<Problem?> Settle()
    {
        if (pending is not { } task)
        {
            return null;
        }

        pending = null;
        try
        {
            var answer = await task;
            if (answer.IsRefused)
            {
                return Problems.From(answer.Refusal);
            }

            sum.Add(answer.Value);
            appliedLines = nextLine - 1;
            return null;
        }
        catch (JournalUnavailableException error)
        {
            return Problem.From(error);
        }
    }

    private void Release(ref byte[]? buffer)
    {
        if (buffer is { } held)
        {
            buffer = null;
            parts.Gate.Give(held.Length);
            ArrayPool<byte>.Shared.Return(held);
        }
    }

    private static ConfiguredTaskAwaitable Quietly(Task task) => task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
