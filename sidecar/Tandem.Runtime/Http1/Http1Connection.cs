using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Tandem.Runtime.Http1;

/// <summary>
/// One connection, and the exchange that runs on it: a request is sent, the answer's head read, its body read by whoever wanted it. Disposing ends the
/// exchange: the connection goes back to its pool when all was read and sent, and is closed otherwise.
/// </summary>
public sealed class Http1Connection : IAsyncDisposable
{
    private readonly Http1Pool _pool;
    private readonly Socket _socket;
    private readonly Http1Input _input;
    private readonly Http1Output _output;
    private readonly Http1BodyReader _body;
    private ReadOnlyMemory<byte> _headerLines;
    private Task _sending = Task.CompletedTask;
    private System.IO.Pipelines.PipeReader? _sentFrom;
    private SemaphoreSlim? _gate;
    private volatile Exception? _bodyFault;
    private bool _keeps;
    private bool _wasUsed;

    internal Http1Connection(Http1Pool pool, Socket socket)
    {
        _pool = pool;
        _socket = socket;
        _input = new Http1Input(socket);
        _output = new Http1Output(socket);
        _body = new Http1BodyReader(_input);
    }

    /// <summary>The answer's status.</summary>
    public int StatusCode { get; private set; }

    /// <summary>How many bytes of the answer's body are left, where it said that.</summary>
    public long? Left => _body.Left;

    /// <summary>The lines of the answer's headers; to be read before the body is.</summary>
    public Http1Headers Headers => new(_headerLines.Span);

    /// <summary>Whether something of the answer is here to be read, without waiting for it.</summary>
    public bool HasMore => _body.HasMore;

    internal long IdleSince { get; set; }

    /// <summary>Whether a kept connection looks alive: nothing came in, not even its end.</summary>
    internal bool IsAlive
    {
        get
        {
            try
            {
                return !_socket.Poll(0, SelectMode.SelectRead);
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    /// <summary>Reads some bytes of the answer's body; 0 is its end.</summary>
    /// <exception cref="Http1Exception">The connection broke.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        try
        {
            return await _body.ReadAsync(target, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new Http1Exception($"the connection broke: {exception.Message}", innerException: exception);
        }
    }

    /// <summary>Holds a place among the concurrent calls until the exchange ends.</summary>
    internal void Hold(SemaphoreSlim? gate) => _gate = gate;

    /// <summary>Sends the request and reads the answer's head.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask ExchangeAsync(IHttp1Request request, string pathPrefix, ReadOnlyMemory<byte> addedLines, CancellationToken cancellationToken)
    {
        var isFresh = !_wasUsed;
        _wasUsed = true;
        _keeps = false;
        _sentFrom = request.Body.Reader;
        try
        {
            _sending = await _output.SendAsync(request, pathPrefix, _pool.OwnLines, addedLines.Span, cancellationToken).ConfigureAwait(false);
            if (!_sending.IsCompletedSuccessfully)
            {
                _sending = WatchAsync(_sending);
            }

            await ReadHeadAsync(request.Method, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or Http1Exception { IsStale: true } or ObjectDisposedException)
        {
            if (_bodyFault is { } fault)
            {
                ExceptionDispatchInfo.Throw(fault);
            }

            throw new Http1Exception($"the connection broke: {exception.Message}", innerException: exception) { IsStale = !isFresh && MayRepeat(request) };
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var isWhole = _body.IsEnded && _keeps && _sending.IsCompletedSuccessfully && _input.IsEmpty;
        if (!isWhole)
        {
            Close();
            if (!_sending.IsCompleted)
            {
                // The body's reader is its owner's again as soon as this exchange is over.
                _sentFrom?.CancelPendingRead();
                await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        _sending = Task.CompletedTask;
        _sentFrom = null;
        Interlocked.Exchange(ref _gate, null)?.Release();
        if (isWhole)
        {
            _pool.Return(this);
        }
    }

    internal void Close()
    {
        _socket.Dispose();
        _input.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadHeadAsync(string method, CancellationToken cancellationToken)
    {
        _input.Clear();
        while (true)
        {
            var bytes = await _input.ReadHeadAsync(cancellationToken).ConfigureAwait(false);
            if (bytes.IsEmpty)
            {
                throw new Http1Exception("it was closed before an answer came") { IsStale = true };
            }

            var head = AnswerHead.Parse(bytes.Span);
            if (head.StatusCode is >= 100 and < 200 and not 101)
            {
                continue;
            }

            StatusCode = head.StatusCode != 101 ? head.StatusCode : throw new Http1Exception("the answer changes the protocol, which nobody asked for");
            _headerLines = bytes[head.LinesStart..];
            _keeps = head.KeepsConnection;
            _body.Begin(head, hasBody: method != "HEAD" && StatusCode is not (204 or 304));
            return;
        }
    }

    /// <summary>A body that cannot be sent ends the connection, and with it the wait for an answer; unless the other side stopped reading, and answers.</summary>
    private async Task WatchAsync(Task sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not SocketException)
        {
            _bodyFault = exception;
            _socket.Dispose();
            throw;
        }
    }

    private static bool MayRepeat(IHttp1Request request)
        => !request.Body.IsThere && request.Method is "GET" or "HEAD" or "OPTIONS" or "PUT" or "DELETE" or "TRACE";
}
