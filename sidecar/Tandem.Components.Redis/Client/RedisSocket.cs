using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Tandem.Components.Redis.Client;

/// <summary>A connection to the server, logged in and at its database. One command at a time, or raw for those that do more.</summary>
internal sealed class RedisSocket : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly RespBuffer _buffer = new();
    private readonly TimeProvider _timeProvider;

    private RedisSocket(Socket socket, Stream stream, TimeProvider timeProvider)
    {
        _socket = socket;
        _timeProvider = timeProvider;
        Stream = stream;
        Reader = new RespReader(stream);
    }

    public Stream Stream { get; }

    public RespReader Reader { get; }

    /// <summary>Connects and logs in.</summary>
    /// <exception cref="RedisUnavailableException">The server cannot be reached, or turned the login down.</exception>
    public static async Task<RedisSocket> ConnectAsync(RedisOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.DialTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await socket.ConnectAsync(options.Host, options.Port, either.Token);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (options.EnableTls)
            {
                stream = await SecureAsync(stream, options, either.Token);
            }

            var connected = new RedisSocket(socket, stream, timeProvider);
            await connected.LogInAsync(options, either.Token);
            return connected;
        }
        catch (Exception exception)
        {
            socket.Dispose();
            throw exception switch
            {
                OperationCanceledException when cancellationToken.IsCancellationRequested => exception,
                OperationCanceledException => Unavailable($"it did not answer within {options.DialTimeout.TotalSeconds:0.###} s"),
                RedisException or SocketException or IOException or AuthenticationException => Unavailable(exception.Message),
                _ => exception,
            };

            RedisUnavailableException Unavailable(string reason) => new($"cannot connect to Redis at {options.Address}: {reason}", exception, wasSent: false);
        }
    }

    /// <summary>Sends a command and waits for its reply.</summary>
    /// <exception cref="RedisException">The server answered with an error.</exception>
    public async Task<RedisReply> ExecuteAsync<TCommand>(TCommand command, TimeSpan timeout, CancellationToken cancellationToken)
        where TCommand : struct, IRedisCommand
    {
        using var limit = new CancellationTokenSource(timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await WriteAsync(command, either.Token);
            var reply = await Reader.ReadAsync(either.Token);
            return reply.Kind is ReplyKind.Error ? throw new RedisException(reply.Text) : reply;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"Redis did not answer within {timeout.TotalSeconds:0.###} s", exception);
        }
    }

    /// <summary>Sends a command without waiting for a reply. Not for several writers at once.</summary>
    public async Task WriteAsync<TCommand>(TCommand command, CancellationToken cancellationToken)
        where TCommand : struct, IRedisCommand
    {
        _buffer.Clear();
        command.Write(_buffer);
        await Stream.WriteAsync(_buffer.Written, cancellationToken);
    }

    /// <summary>Breaks the connection off, which ends whatever waits for it.</summary>
    public void Abort() => _socket.Dispose();

    public async ValueTask DisposeAsync()
    {
        // Nothing to say farewell for; over TLS a broken connection must not be written to.
        _socket.Dispose();
        await Stream.DisposeAsync();
    }

    private static async Task<Stream> SecureAsync(Stream stream, RedisOptions options, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = options.Host,
                ClientCertificates = options.ClientCertificate is { } certificate ? [certificate] : null,
#pragma warning disable CA5359 // Only where the component says insecureSkipTLSVerify.
                RemoteCertificateValidationCallback = options.SkipTlsVerify ? static (_, _, _, _) => true : null,
#pragma warning restore CA5359
            },
            cancellationToken);
        return secure;
    }

    private async Task LogInAsync(RedisOptions options, CancellationToken cancellationToken)
    {
        if (options.Password is { } password)
        {
            await ExecuteAsync(options.Username is { } name ? new TextCommand("AUTH", name, password) : new TextCommand("AUTH", password), options.DialTimeout, cancellationToken);
        }

        if (options.Database != 0)
        {
            await ExecuteAsync(new TextCommand("SELECT", $"{options.Database}"), options.DialTimeout, cancellationToken);
        }

        // A server that wants a login, or still loads its data, says so to the first command.
        await ExecuteAsync(new TextCommand("PING"), options.DialTimeout, cancellationToken);
    }
}
