using System.IO.Pipelines;
using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Compression;
using Tandem.Grpc.Framing;
using Tandem.Grpc.Protocol;
using Tandem.Grpc.Server;

namespace Tandem.Grpc.Client;

/// <summary>One call of a client, of any kind: sends the request, reads the responses, and knows how the call ended.</summary>
internal sealed class ClientCall<TRequest, TResponse> : IDisposable
    where TRequest : class
    where TResponse : class
{
    private static readonly StreamPipeReaderOptions ReaderOptions = new(bufferSize: 16 * 1024, minimumReadSize: 1024);

    private readonly GrpcChannel _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly string? _host;
    private readonly CallOptions _options;
    private readonly DateTime? _deadline;
    private readonly CancellationTokenSource _cancellation;
    private readonly CancellationTokenRegistration _fromCaller;
    private readonly CancellationTokenRegistration _fromParent;
    private readonly CancellationTokenRegistration _fromChannel;
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private MessageContent? _content;
    private HttpResponseMessage? _response;
    private PipeReader? _body;
    private Status? _status;
    private Metadata? _trailers;
    private bool _isDisposed;

    public ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        ObjectDisposedException.ThrowIf(channel.Disposed.IsCancellationRequested, channel);
        _channel = channel;
        _method = method;
        _host = host;
        _options = options;
        _deadline = Earlier(options.Deadline?.ToUniversalTime(), options.PropagationToken?.Deadline);
        if (_deadline == DateTime.MaxValue)
        {
            _deadline = null;
        }

        _cancellation = new CancellationTokenSource();
        if (_deadline is { } deadline)
        {
            var rest = deadline - DateTime.UtcNow;
            if (rest > TimeSpan.Zero)
            {
                _cancellation.CancelAfter(TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(rest.TotalMilliseconds), int.MaxValue - 1)));
            }
            else
            {
                // At once: a timer of no time leaves a quick server time enough to answer.
                _cancellation.Cancel();
            }
        }

        _fromCaller = Cancels(options.CancellationToken);
        _fromParent = Cancels(options.PropagationToken?.CancellationToken ?? default);
        _fromChannel = Cancels(channel.Disposed);
        // Nobody need look at the headers of a call that fails.
        _ = _headers.Task.ContinueWith(static task => _ = task.Exception, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously);
    }

    // A timer may fire a little before the clock says so.
    private bool IsDeadlineOver => _deadline <= DateTime.UtcNow.AddMilliseconds(30);

    public Task<Metadata> HeadersAsync => _headers.Task;

    public CancellationToken Token => _cancellation.Token;

    public GrpcChannel Channel => _channel;

    public CallOptions Options => _options;

    public Status? Ended
    {
        get
        {
            lock (_lock)
            {
                return _status;
            }
        }
    }

    /// <summary>What compresses the requests.</summary>
    public ICompressionProvider? Compression
        => _options.Headers?.GetValue(HeaderNames.RequestEncoding) is { } encoding and not "identity"
            ? _channel.FindCompression(encoding) ?? throw new RpcException(new Status(StatusCode.Internal, $"The compression '{encoding}' is not known to the channel."))
            : null;

    public Status GetStatus() => Ended ?? throw new InvalidOperationException("The call has not ended yet.");

    public Metadata GetTrailers() => Ended is null ? throw new InvalidOperationException("The call has not ended yet.") : _trailers ?? Metadata.Empty;

    /// <summary>What writes the requests.</summary>
    public MessageWriter<TRequest> CreateWriter() => new(_method.RequestMarshaller.ContextualSerializer, _channel.MaxSend) { Compression = Compression };

    /// <summary>Begins a call with one request.</summary>
    public async Task<MessageReader<TResponse>?> StartWith(TRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var message = new PooledBuffer();
        try
        {
            CreateWriter().Write(request, message);
        }
        catch (Exception exception)
        {
            message.Dispose();
            throw Fail(exception);
        }

        var content = _content = new MessageContent(message);
        return await StartAsync(() => content).ConfigureAwait(false);
    }

    /// <summary>Begins a call with many requests.</summary>
    public Task<MessageReader<TResponse>?> StartWith(RequestWriter<TRequest, TResponse> requests) => StartAsync(() => requests.CreateContent());

    /// <summary>The only response.</summary>
    public async Task<TResponse> GetSingleAsync(Task<MessageReader<TResponse>?> start)
    {
        var reader = await start.ConfigureAwait(false);
        try
        {
            var message = reader is null ? null : await reader.ReadAsync(Token).ConfigureAwait(false);
            if (message is not null && await reader!.ReadAsync(Token).ConfigureAwait(false) is not null)
            {
                throw new RpcException(new Status(StatusCode.Internal, "There is more than one message, where there must be one."));
            }

            EndByTrailers();
            return message ?? throw new RpcException(new Status(StatusCode.Internal, "The call ended with OK, but without a message."));
        }
        catch (Exception exception)
        {
            throw Fail(exception);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>The next of many responses; null at the end.</summary>
    public async Task<TResponse?> ReadAsync(MessageReader<TResponse>? reader, CancellationToken cancellationToken)
    {
        using var fromReader = cancellationToken.CanBeCanceled && cancellationToken != _options.CancellationToken ? Cancels(cancellationToken) : default;
        try
        {
            if (reader is not null && await reader.ReadAsync(Token).ConfigureAwait(false) is { } message)
            {
                return message;
            }

            EndByTrailers();
            Release();
            return null;
        }
        catch (Exception exception)
        {
            var failure = Fail(exception);
            Release();
            throw failure;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        if (Ended is null)
        {
            SetStatus(new Status(StatusCode.Cancelled, "The call was disposed of before it ended."), null);
            _cancellation.Cancel();
        }

        _headers.TrySetCanceled(default);
        // A read may still be filling the body's buffers: it gives them back itself when it fails.
        _response?.Dispose();
        ReleaseAllButBody();
    }

    /// <summary>The exception that the caller gets: the call's own status, once it has one.</summary>
    public Exception Fail(Exception exception)
    {
        if (Ended is null or { StatusCode: StatusCode.OK })
        {
            SetStatus(Explain(exception), (exception as RpcException)?.Trailers);
        }

        var status = GetStatus();
        _headers.TrySetException(new RpcException(status, GetTrailers()));
        _cancellation.Cancel();
        return _channel.ThrowsOnCancellation && (status.StatusCode is StatusCode.Cancelled || (status.StatusCode is StatusCode.DeadlineExceeded && exception is OperationCanceledException))
            ? new OperationCanceledException(status.Detail, exception, _options.CancellationToken)
            : new RpcException(status, GetTrailers());
    }

    private async Task<MessageReader<TResponse>?> StartAsync(Func<HttpContent> createContent)
    {
        try
        {
            for (var delay = TimeSpan.FromMilliseconds(50); ; delay = delay < TimeSpan.FromSeconds(2) ? delay * 2 : delay)
            {
                try
                {
                    _response = await _channel.SendAsync(await CreateRequestAsync(createContent()).ConfigureAwait(false), Token).ConfigureAwait(false);
                    break;
                }
                catch (HttpRequestException exception) when (_options.IsWaitForReady && exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
                {
                    await Task.Delay(delay, Token).ConfigureAwait(false);
                }
            }

            return await ReadHeadAsync(_response).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw Fail(exception);
        }
    }

    private async ValueTask<HttpRequestMessage> CreateRequestAsync(HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_channel.Address, _method.FullName))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation(HeaderNames.AcceptEncoding, _channel.AcceptEncoding);
        headers.Host = _host;
        if (_deadline is { } deadline)
        {
            headers.TryAddWithoutValidation(GrpcTimeout.Name, GrpcTimeout.Format(deadline - DateTime.UtcNow));
        }

        if (Compression is { } compression)
        {
            headers.TryAddWithoutValidation(HeaderNames.Encoding, compression.EncodingName);
        }

        if (_options.Headers is { } metadata)
        {
            MetadataHeaders.Write(headers, metadata);
        }

        if (!headers.NonValidated.Contains("user-agent"))
        {
            headers.TryAddWithoutValidation("user-agent", UserAgent.Value);
        }

        await AddCredentialsAsync(headers, _channel.Credentials).ConfigureAwait(false);
        if (_channel.AllowsCallCredentials)
        {
            await AddCredentialsAsync(headers, _options.Credentials).ConfigureAwait(false);
        }

        return request;
    }

    private async ValueTask AddCredentialsAsync(System.Net.Http.Headers.HttpRequestHeaders headers, CallCredentials? credentials)
    {
        if (credentials is null)
        {
            return;
        }

        var added = new Metadata();
        var serviceUrl = new Uri(_channel.Address, $"/{_method.ServiceName}").ToString();
        await credentials.AddAsync(new AuthInterceptorContext(serviceUrl, _method.Name, Token), added).ConfigureAwait(false);
        MetadataHeaders.Write(headers, added);
    }

    private async ValueTask<MessageReader<TResponse>?> ReadHeadAsync(HttpResponseMessage response)
    {
        // "Trailers only": the status comes with the headers, and nothing after.
        if (response.Headers.NonValidated.TryGetValues(HeaderNames.Status, out _))
        {
            _headers.TrySetResult(MetadataHeaders.Read(response.Headers));
            End(response.Headers);
            return null;
        }

        if (response.StatusCode is not HttpStatusCode.OK)
        {
            throw new RpcException(new Status(StatusMapping.FromHttp(response.StatusCode), $"The server answered with HTTP status {(int)response.StatusCode}, not with a gRPC status."));
        }

        var contentType = response.Content.Headers.NonValidated.TryGetValues("content-type", out var values) ? values.ToString() : null;
        if (!RequestChecks.IsGrpc(contentType))
        {
            throw new RpcException(new Status(StatusCode.Unknown, $"The response's content type is '{contentType}', not application/grpc."));
        }

        _headers.TrySetResult(MetadataHeaders.Read(response.Headers));
        var encoding = response.Headers.NonValidated.TryGetValues(HeaderNames.Encoding, out var named) ? named.ToString() : null;
        _body = PipeReader.Create(await response.Content.ReadAsStreamAsync(Token).ConfigureAwait(false), ReaderOptions);
        return new(_body, _method.ResponseMarshaller.ContextualDeserializer, _channel.MaxReceive, encoding, _channel.FindCompression(encoding))
        {
            UnknownCompression = StatusCode.Internal,
        };
    }

    /// <summary>The end that the trailers say.</summary>
    /// <exception cref="RpcException">It is not OK.</exception>
    private void EndByTrailers()
    {
        if (Ended is null)
        {
            End(_response!.TrailingHeaders);
        }

        if (GetStatus() is { StatusCode: not StatusCode.OK } status)
        {
            throw new RpcException(status, GetTrailers());
        }
    }

    private void End(System.Net.Http.Headers.HttpHeaders trailers)
    {
        var values = trailers.NonValidated;
        if (!values.TryGetValues(HeaderNames.Status, out var code))
        {
            throw new RpcException(new Status(StatusCode.Unknown, "The server ended the call without a gRPC status."));
        }

        var status = int.TryParse(code.ToString(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? new Status((StatusCode)number, values.TryGetValues(HeaderNames.Message, out var message) ? PercentEncoding.Decode(message.ToString()) : "")
            : new Status(StatusCode.Unknown, $"The server ended the call with a gRPC status that is no number: '{code}'.");
        SetStatus(status, MetadataHeaders.Read(trailers));
    }

    private void SetStatus(Status status, Metadata? trailers)
    {
        lock (_lock)
        {
            if (_status is null or { StatusCode: StatusCode.OK })
            {
                (_status, _trailers) = (status, trailers);
            }
        }
    }

    private Status Explain(Exception exception)
    {
        if (exception is RpcException rpc)
        {
            return rpc.Status;
        }

        if (!_cancellation.IsCancellationRequested)
        {
            var status = StatusMapping.FromException(exception);
            // The server has a clock too, and resets the stream or breaks off when the time is over by that.
            return IsDeadlineOver ? new Status(StatusCode.DeadlineExceeded, "The deadline passed.", exception) : status;
        }

        if (_options.CancellationToken.IsCancellationRequested)
        {
            return new Status(StatusCode.Cancelled, "The call was cancelled.", exception);
        }

        return _channel.Disposed.IsCancellationRequested ? new Status(StatusCode.Cancelled, "The channel was disposed of.", exception)
            : IsDeadlineOver ? new Status(StatusCode.DeadlineExceeded, "The deadline passed.", exception)
            : new Status(StatusCode.Cancelled, "The call was cancelled.", exception);
    }

    private CancellationTokenRegistration Cancels(CancellationToken cancellationToken)
        => cancellationToken.UnsafeRegister(static state => ((ClientCall<TRequest, TResponse>)state!)._cancellation.Cancel(), this);

    // A response that is not read to its end resets its stream when it is disposed of.
    private void Release()
    {
        _body?.Complete();
        _response?.Dispose();
        ReleaseAllButBody();
    }

    private void ReleaseAllButBody()
    {
        if (_deadline is not null)
        {
            // The timer must not outlive the call.
            _cancellation.CancelAfter(Timeout.InfiniteTimeSpan);
        }

        _fromCaller.Dispose();
        _fromParent.Dispose();
        _fromChannel.Dispose();
        Interlocked.Exchange(ref _content, null)?.Release();
    }

    private static DateTime? Earlier(DateTime? one, DateTime? other) => one is null ? other : other is null || one < other ? one : other;
}
