using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tandem.Runtime.Http1;

/// <summary>
/// Keep-alive connections to one server on plain HTTP/1.1 (RFC 9112): the way from the sidecar to its app and to other sidecars. It forwards, so it reads
/// nothing into memory, follows nothing and adds nothing, and it makes no object for a request; HttpClient makes about fifteen.
/// </summary>
public sealed class Http1Pool : IDisposable
{
    private static readonly TimeSpan PatienceToConnect = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(90);

    private readonly string _host;
    private readonly int _port;
    private readonly byte[] _ownLines;
    private readonly Lock _lock = new();
    private readonly List<Http1Connection> _idle = [];
    private bool _isDisposed;

    /// <summary>Makes a pool; nothing is connected before the first request.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">The port.</param>
    /// <param name="headers">Sent with each request, beside Host.</param>
    public Http1Pool(string host, int port, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        _host = host;
        _port = port;
        var lines = new StringBuilder().Append("Host: ").Append(host.Contains(':') ? $"[{host.Trim('[', ']')}]" : host).Append(':').Append(port).Append("\r\n");
        foreach (var (name, value) in headers)
        {
            lines.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        _ownLines = Encoding.UTF8.GetBytes(lines.ToString());
    }

    internal ReadOnlySpan<byte> OwnLines => _ownLines;

    /// <summary>Sends a request; the answer's head is there when this returns, its body is read from the connection, which the caller disposes.</summary>
    /// <param name="request">What is sent.</param>
    /// <param name="pathPrefix">Put before the request's path.</param>
    /// <param name="addedLines">Headers in ready-made lines, each with its line break.</param>
    /// <param name="cancellationToken">Ends the exchange until the head is there.</param>
    /// <exception cref="Http1Exception">No answer came.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Http1Connection> SendAsync(IHttp1Request request, string pathPrefix, ReadOnlyMemory<byte> addedLines, CancellationToken cancellationToken)
    {
        while (true)
        {
            var connection = TryTake() ?? await ConnectAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await connection.ExchangeAsync(request, pathPrefix, addedLines, cancellationToken).ConfigureAwait(false);
                return connection;
            }
            catch (Exception exception)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                if (exception is not Http1Exception { IsStale: true })
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Closes the connections that are idle; those in use close when their exchange ends.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _idle.ForEach(static connection => connection.Close());
            _idle.Clear();
        }
    }

    internal void Return(Http1Connection connection)
    {
        connection.IdleSince = Environment.TickCount64;
        Http1Connection? tooMany = null;
        lock (_lock)
        {
            if (_isDisposed)
            {
                tooMany = connection;
            }
            else
            {
                _idle.Add(connection);
                if (connection.IdleSince - _idle[0].IdleSince > LongestIdle.TotalMilliseconds)
                {
                    tooMany = _idle[0];
                    _idle.RemoveAt(0);
                }
            }
        }

        tooMany?.Close();
    }

    /// <summary>The connection that was used last: the others grow old and are closed.</summary>
    private Http1Connection? TryTake()
    {
        while (true)
        {
            Http1Connection connection;
            lock (_lock)
            {
                if (_idle.Count == 0)
                {
                    return null;
                }

                connection = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
            }

            if (connection.IsAlive)
            {
                return connection;
            }

            connection.Close();
        }
    }

    private async Task<Http1Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(PatienceToConnect);
        var address = IPAddress.TryParse(_host, out var parsed) ? parsed : null;
        var socket = address is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            EndPoint target = address is null ? new DnsEndPoint(_host, _port) : new IPEndPoint(address, _port);
            await socket.ConnectAsync(target, patience.Token).ConfigureAwait(false);
            return new Http1Connection(this, socket);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            throw exception switch
            {
                SocketException refused => new Http1Exception($"{refused.Message} ({_host}:{_port})", isRefused: true, refused),
                OperationCanceledException when !cancellationToken.IsCancellationRequested
                    => new Http1Exception($"no connection to {_host}:{_port} within {PatienceToConnect.TotalSeconds:0} s", isRefused: true, exception),
                _ => exception,
            };
        }
    }
}
