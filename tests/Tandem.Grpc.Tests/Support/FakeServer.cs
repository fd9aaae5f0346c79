using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tandem.Grpc.Tests.Support;

/// <summary>A server of frames by hand: answers each request with what the test's script writes.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<FakeCall, Task> _script;
    private readonly Task _accepting;

    public FakeServer(Func<FakeCall, Task> script)
    {
        _script = script;
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>A server that answers every request with these frames, made for the request's stream.</summary>
    public static FakeServer Answering(params Func<int, byte[]>[] frames) => new(async call =>
    {
        foreach (var frame in frames)
        {
            await call.WriteAsync(frame(call.Stream));
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _connections.Add(ServeAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var header = new byte[9];
                await stream.ReadExactlyAsync(new byte[Frames.Preface.Length], _stop.Token);
                await stream.WriteAsync(Frames.Frame(Frames.Settings, 0, 0), _stop.Token);
                while (true)
                {
                    await stream.ReadExactlyAsync(header, _stop.Token);
                    var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
                    await stream.ReadExactlyAsync(payload, _stop.Token);
                    var id = (header[5] << 24) | (header[6] << 16) | (header[7] << 8) | header[8];
                    switch (header[3])
                    {
                        case Frames.Settings when (header[4] & Frames.Ack) == 0:
                            await stream.WriteAsync(Frames.Frame(Frames.Settings, Frames.Ack, 0), _stop.Token);
                            break;
                        case Frames.Ping when (header[4] & Frames.Ack) == 0:
                            await stream.WriteAsync(Frames.Frame(Frames.Ping, Frames.Ack, 0, payload), _stop.Token);
                            break;
                        case Frames.Data when payload.Length > 0:
                            await stream.WriteAsync(Frames.Frame(Frames.WindowUpdate, 0, 0, Frames.Number(payload.Length)), _stop.Token);
                            break;
                        case Frames.Headers:
                            await _script(new FakeCall(client, stream, id));
                            break;
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client, the script or the test has ended the connection.
            }
        }
    }
}

/// <summary>A request, to be answered frame by frame.</summary>
internal sealed class FakeCall(TcpClient client, NetworkStream connection, int stream)
{
    public int Stream { get; } = stream;

    public async Task WriteAsync(byte[] frame) => await connection.WriteAsync(frame);

    /// <summary>Ends the connection, by a reset or as usual.</summary>
    public void Close(bool abruptly = false)
    {
        if (abruptly)
        {
            client.Client.LingerState = new LingerOption(true, 0);
        }

        client.Close();
    }
}

/// <summary>The frames of answers.</summary>
internal static class Answer
{
    public static Func<int, byte[]> Head(params (string, string)[] headers)
        => stream => Frames.Frame(Frames.Headers, Frames.EndHeaders, stream, Frames.Block([(":status", "200"), ("content-type", "application/grpc"), .. headers]));

    public static Func<int, byte[]> Http(int status, string contentType, bool isEnd = false)
        => stream => Frames.Frame(Frames.Headers, (byte)(Frames.EndHeaders | (isEnd ? Frames.EndStream : 0)), stream, Frames.Block((":status", $"{status}"), ("content-type", contentType)));

    public static Func<int, byte[]> Body(params byte[] bytes) => stream => Frames.Frame(Frames.Data, 0, stream, bytes);

    public static Func<int, byte[]> LastBody(params byte[] bytes) => stream => Frames.Frame(Frames.Data, Frames.EndStream, stream, bytes);

    public static Func<int, byte[]> Trailers(params (string, string)[] trailers)
        => stream => Frames.Frame(Frames.Headers, Frames.EndHeaders | Frames.EndStream, stream, Frames.Block(trailers));

    public static Func<int, byte[]> Reset(int code) => stream => Frames.ResetStream(stream, code);

    public static Func<int, byte[]> GoAway(int last, int code) => _ => Frames.Frame(Frames.GoAway, 0, 0, [.. Frames.Number(last), .. Frames.Number(code)]);

    public static Func<int, byte[]> Raw(params byte[] bytes) => _ => bytes;
}
