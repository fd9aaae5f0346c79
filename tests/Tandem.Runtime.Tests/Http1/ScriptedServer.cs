using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Runtime.Tests.Http1;

/// <summary>A server on a loopback port that does with each connection what the test says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private int _accepted;

    public ScriptedServer(Func<ScriptedConnection, Task> serve)
    {
        _listener.Start();
        _accepting = AcceptAsync(serve);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Answers each request on each connection with the same bytes.</summary>
    public static ScriptedServer Answering(string answer) => new(async connection =>
    {
        while (await connection.ReadHeadAsync() is not null)
        {
            await connection.WriteAsync(answer);
        }
    });

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
    }

    private async Task AcceptAsync(Func<ScriptedConnection, Task> serve)
    {
        while (true)
        {
            try
            {
                var socket = await _listener.AcceptSocketAsync();
                Interlocked.Increment(ref _accepted);
                _connections.Add(ServeAsync(socket, serve));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return; // The listener was stopped.
            }
        }
    }

    private static async Task ServeAsync(Socket socket, Func<ScriptedConnection, Task> serve)
    {
        using var connection = new ScriptedConnection(socket);
        try
        {
            await serve(connection);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client closed; what it saw is the test's business.
        }
    }
}

/// <summary>One connection of a <see cref="ScriptedServer"/>.</summary>
internal sealed class ScriptedConnection(Socket socket) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    public Stream Stream => _stream;

    /// <summary>The request's head, or null when the client closed.</summary>
    public async Task<string?> ReadHeadAsync()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await _stream.ReadAsync(one) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    public async Task<string> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    public async Task WriteAsync(string text) => await _stream.WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Closes with a reset: nothing that was sent before is sure to arrive.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public void Dispose() => _stream.Dispose();
}
