using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Bench.Forwarding;

/// <summary>
/// An app and a caller of bytes on sockets. Neither allocates while it runs, so that what is allocated is the sidecars' own.
/// </summary>
public sealed class RawLoad : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray();

    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[4096];
    private Socket? _caller;
    private byte[] _request = [];

    /// <summary>Starts the app.</summary>
    public RawLoad()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        AppPort = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        Start(Accept);
    }

    /// <summary>Where the app listens.</summary>
    public int AppPort { get; }

    /// <summary>Connects the caller to its sidecar.</summary>
    public void Connect(int port, string path)
    {
        _request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
        _caller = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _caller.Connect(IPAddress.Loopback, port);
    }

    /// <summary>One call, from the first byte of the request to the last of the answer.</summary>
    /// <exception cref="InvalidOperationException">The answer is not the app's.</exception>
    public void Call()
    {
        _caller!.Send(_request);
        var length = 0;
        do
        {
            var read = _caller.Receive(_received.AsSpan(length));
            length += read;
            if (read == 0)
            {
                throw new InvalidOperationException("the sidecar ended the connection");
            }
        }
        while (!_received.AsSpan(0, length).EndsWith("\r\n\r\nhello"u8));

        if (!_received.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8))
        {
            throw new InvalidOperationException(Encoding.ASCII.GetString(_received, 0, length));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _caller?.Dispose();
        _listener.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = _listener.Accept();
                connection.NoDelay = true;
                Start(() => Serve(connection));
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
    }

    private static void Serve(Socket connection)
    {
        var buffer = new byte[4096];
        try
        {
            var length = 0;
            while (connection.Receive(buffer.AsSpan(length)) is > 0 and var read)
            {
                length += read;
                if (buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
                {
                    connection.Send(Answer);
                    length = 0;
                }
            }
        }
        catch (SocketException)
        {
            // The sidecar is gone.
        }
        finally
        {
            connection.Dispose();
        }
    }

    private static void Start(ThreadStart run) => new Thread(run) { IsBackground = true }.Start();
}
