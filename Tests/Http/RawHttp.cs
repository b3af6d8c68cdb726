using System.Net.Sockets;
using System.Text;

namespace Bandstand.Tests.Http;

/// <summary>Speaks to a server in bytes, for what no HTTP client would send.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly TcpClient client = new();
    private NetworkStream stream = null!;

    private RawHttp()
    {
    }

    public static async Task<RawHttp> Connect(Uri address)
    {
        var raw = new RawHttp();
        await raw.client.ConnectAsync(address.Host, address.Port);
        raw.stream = raw.client.GetStream();
        return raw;
    }

    /// <summary>Sends and reads until the server closes.</summary>
    public static async Task<string> Exchange(Uri address, string request)
    {
        using var raw = await Connect(address);
        await raw.Send(request);
        return await raw.ReadToEnd();
    }

    public async Task Send(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text));

    public async Task Send(ReadOnlyMemory<byte> bytes) => await stream.WriteAsync(bytes);

    /// <summary>Says that nothing more comes, and goes on listening.</summary>
    public void HalfClose() => client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Breaks the connection off.</summary>
    public void Reset()
    {
        client.Client.LingerState = new LingerOption(true, 0);
        client.Client.Close();
    }

    /// <summary>All that comes until the server closes or breaks off.</summary>
    public async Task<string> ReadToEnd()
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var count)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }
        }
        catch (IOException)
        {
            // Broken off: what came before is all there is.
        }

        return text.ToString();
    }

    /// <summary>Reads until the text has come.</summary>
    public async Task<string> ReadUntil(string expected)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains(expected, StringComparison.Ordinal))
        {
            var count = await stream.ReadAsync(buffer);
            if (count == 0)
            {
                throw new EndOfStreamException($"The server closed before «{expected}»; it said «{text}».");
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    public void Dispose() => client.Dispose();
}
