using System.Net;
using System.Net.Sockets;
using Tandem.Grpc.Tests.Support;

namespace Tandem.Grpc.Tests.Fuzz;

/// <summary>Opens a connection, sends some calls that are wrong somewhere, and waits until the server has ended it.</summary>
internal static class RequestFuzzer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task PlayAsync(Random random, int port, IReadOnlyList<(string Path, byte[] Message)> calls)
    {
        var bytes = Compose(random, calls);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        using var patience = new CancellationTokenSource(Patience);
        var reading = DrainAsync(stream, patience.Token);
        try
        {
            await stream.WriteAsync(bytes, patience.Token);
            if (random.Next(4) == 0)
            {
                // Gone without a word.
                client.Client.LingerState = new LingerOption(true, 0);
                client.Close();
            }
            else
            {
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // The server has ended the connection already.
        }

        await reading;
    }

    private static async Task DrainAsync(NetworkStream stream, CancellationToken patience)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await stream.ReadAsync(buffer, patience) > 0)
            {
                // What it answers is not looked at: that it goes on to answer others is.
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // Reset: an end like others.
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The server did not end the connection within {Patience.TotalSeconds} s.");
        }
    }

    private static byte[] Compose(Random random, IReadOnlyList<(string Path, byte[] Message)> calls)
    {
        var mutator = new Mutator(random);
        var level = random.Next(4);
        var frames = new List<byte[]> { Frames.Frame(Frames.Settings, 0, 0) };
        for (var (i, count) = (0, random.Next(1, 5)); i < count; i++)
        {
            var (path, message) = calls[random.Next(calls.Count)];
            var stream = (2 * i) + 1;
            (string, string)[] headers =
            [
                (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("te", "trailers"), ("content-type", "application/grpc"),
                ("grpc-encoding", "gzip"), ("grpc-timeout", "5S"),
            ];
            var call = mutator.Message(
                stream, level == 1 ? mutator.Headers(headers) : headers, level == 0 ? mutator.Body(message) : Wire.Message(message), trailers: null);
            if (level == 2)
            {
                mutator.Disturb(call, stream);
            }

            frames.AddRange(call);
        }

        byte[] bytes = [.. frames.SelectMany(static frame => frame)];
        return [.. Frames.Preface, .. level == 3 ? mutator.Bytes(bytes) : bytes];
    }
}
