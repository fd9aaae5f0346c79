using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Runtime.Tests.Support;

/// <summary>HTTP/1.1 as bytes on a socket, so that a test can send what no client would.</summary>
internal static class RawHttp
{
    /// <summary>Sends bytes (each character is one) and reads the answer until the connection ends or the answer is whole.</summary>
    public static async Task<RawAnswer> SendAsync(int port, string request, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        try
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(request), cancellationToken);
        }
        catch (SocketException)
        {
            // Refused before all was sent: the answer says why.
        }

        return await ReadAsync(socket, cancellationToken);
    }

    public static async Task<RawAnswer> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var received = new List<byte>();
        var buffer = new byte[4096];
        while (!IsWhole(received))
        {
            int read;
            try
            {
                read = await socket.ReceiveAsync(buffer, cancellationToken);
            }
            catch (SocketException)
            {
                read = 0;
            }

            if (read == 0)
            {
                break;
            }

            received.AddRange(buffer.AsSpan(0, read));
        }

        return RawAnswer.Parse(Encoding.UTF8.GetString([.. received])).WithoutChunks();
    }

    private static bool IsWhole(List<byte> received)
    {
        var answer = RawAnswer.Parse(Encoding.Latin1.GetString([.. received]));
        return answer.Status > 0
            && (answer.Status is 204 or 304
                || (answer.Header("Content-Length") is { } length && answer.Body.Length >= int.Parse(length, CultureInfo.InvariantCulture))
                || (answer.Header("Transfer-Encoding") is not null && answer.Body.EndsWith("0\r\n\r\n", StringComparison.Ordinal)));
    }
}

/// <summary>An answer as it came.</summary>
internal sealed record RawAnswer(int Status, string Head, string Body)
{
    public static RawAnswer Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = end < 0 ? text : text[..end];
        if (head.StartsWith("HTTP/1.1 100", StringComparison.Ordinal))
        {
            return end < 0 ? new RawAnswer(0, head, "") : Parse(text[(end + 4)..]);
        }

        var status = end >= 0 && head.Length > 12 && int.TryParse(head.AsSpan(9, 3), CultureInfo.InvariantCulture, out var number) ? number : 0;
        return new RawAnswer(status, head, end < 0 ? "" : text[(end + 4)..]);
    }

    /// <summary>The answer with its body put together.</summary>
    public RawAnswer WithoutChunks()
    {
        if (Header("Transfer-Encoding") is null)
        {
            return this;
        }

        var whole = new StringBuilder();
        var rest = Body;
        while (rest.IndexOf("\r\n", StringComparison.Ordinal) is > 0 and var line
            && int.TryParse(rest.AsSpan(0, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var size) && size > 0 && rest.Length >= line + 2 + size)
        {
            whole.Append(rest, line + 2, size);
            rest = rest[(line + 2 + size)..].TrimStart('\r', '\n');
        }

        return this with { Body = whole.ToString() };
    }

    public string? Header(string name)
        => Head.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
