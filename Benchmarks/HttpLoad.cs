using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bandstand.Benchmarks;

/// <summary>
/// The sender: two threads that own half of the connections each, send one request on every one and then take the answers, so
/// that nothing is pipelined and the sender costs little more than its system calls. What is sent is made beforehand.
/// </summary>
internal static class HttpLoad
{
    private const int Threads = 2;
    private const int People = 1_000_000;

    public static int Run(string[] args)
    {
        var port = int.Parse(args[0], CultureInfo.InvariantCulture);
        var sockets = Enumerable.Range(0, int.Parse(args[1], CultureInfo.InvariantCulture)).Select(_ => Connect(port)).ToArray();
        var random = new Random(1);
        var strangers = 0;
        byte[][] requests = [];
        while (Console.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            switch (words[0])
            {
                case "prepare":
                    var path = words[1] == "constant" ? "/constant" : "/v1/experiments/price/assignments";
                    requests = [.. Enumerable.Range(0, int.Parse(words[2], CultureInfo.InvariantCulture)).Select(_ =>
                        Request(path, words[1] == "new" ? $"new-{++strangers:00000000}" : EngineBenchmark.Identity(random.Next(People))))];
                    Console.WriteLine("ready");
                    break;
                case "run":
                    Console.WriteLine(Time(() => Send(sockets, requests)));
                    break;
                case "ingest":
                    Console.WriteLine(Ingest(port, int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture)));
                    break;
            }
        }

        return 0;
    }

    /// <summary>Lines of about 80 bytes about random participants.</summary>
    public static byte[] Lines(int count, DateTimeOffset now)
    {
        var random = new Random(count);
        var body = new StringBuilder();
        for (var line = 0; line < count; line++)
        {
            body.Append(CultureInfo.InvariantCulture, $$"""{"metric":"signup","identity":"{{EngineBenchmark.Identity(random.Next(People))}}","at":"{{now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}"}""").Append('\n');
        }

        return Encoding.UTF8.GetBytes(body.ToString());
    }

    private static string Ingest(int port, int lines, int streams)
    {
        const int InBlock = 200_000;
        var block = Lines(InBlock, TimeProvider.System.GetUtcNow());
        var blocks = lines / InBlock / streams;
        return Time(() => Parallel(streams, _ =>
        {
            using var socket = Connect(port);
            SendAll(socket, Encoding.ASCII.GetBytes($"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: {(long)blocks * block.Length}\r\n\r\n"));
            for (var i = 0; i < blocks; i++)
            {
                SendAll(socket, block);
            }

            var answer = new byte[4096];
            var text = Encoding.ASCII.GetString(answer, 0, Receive(socket, answer));
            if (!text.Contains($"\"accepted\":{blocks * InBlock},", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"Not every event counted: {text}");
            }
        }));
    }

    private static void Send(Socket[] sockets, byte[][] requests) => Parallel(Threads, thread =>
    {
        var mine = sockets.Where((_, i) => i % Threads == thread).ToArray();
        var from = requests.Length / Threads * thread;
        var to = requests.Length / Threads * (thread + 1);
        var answer = new byte[4096];
        for (var next = from; next < to; next += mine.Length)
        {
            var count = Math.Min(mine.Length, to - next);
            for (var i = 0; i < count; i++)
            {
                SendAll(mine[i], requests[next + i]);
            }

            for (var i = 0; i < count; i++)
            {
                Receive(mine[i], answer);
            }
        }
    });

    /// <summary>One whole answer, which must be 200.</summary>
    private static int Receive(Socket socket, byte[] answer)
    {
        var length = 0;
        while (true)
        {
            var count = socket.Receive(answer.AsSpan(length));
            length += count;
            ReadOnlySpan<byte> text = answer.AsSpan(0, length);
            var head = text.IndexOf("\r\n\r\n"u8);
            if (head >= 0)
            {
                var field = text.IndexOf("Content-Length: "u8) + "Content-Length: ".Length;
                if (!Utf8Parser.TryParse(text[field..], out int body, out _) || !text.StartsWith("HTTP/1.1 200"u8))
                {
                    throw new InvalidOperationException(Encoding.UTF8.GetString(text));
                }

                if (length >= head + 4 + body)
                {
                    return length;
                }
            }

            if (count == 0)
            {
                throw new InvalidOperationException("The server closed.");
            }
        }
    }

    private static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    private static byte[] Request(string path, string identity)
    {
        var body = $$"""{"identity":"{{identity}}"}""";
        return Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    private static void Parallel(int threads, Action<int> run)
    {
        Exception? failed = null;
        var all = Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            try
            {
                run(thread);
            }
            catch (Exception error) when (error is SocketException or InvalidOperationException)
            {
                failed = error;
            }
        })).ToArray();
        Array.ForEach(all, thread => thread.Start());
        Array.ForEach(all, thread => thread.Join());
        if (failed is not null)
        {
            throw failed;
        }
    }

    private static string Time(Action run)
    {
        var from = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(from).TotalSeconds.ToString("R", CultureInfo.InvariantCulture);
    }
}
