using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Tandem.Runtime.Http1;
using Tandem.Runtime.Invocation;

namespace Tandem.Runtime.AppChannel;

/// <summary>The channel to an app that speaks HTTP.</summary>
public sealed class HttpAppChannel : AppChannelBase
{
    private readonly HttpMessageInvoker _http;
    private readonly Http1Pool? _plain;
    private readonly Version _version;
    private readonly HttpVersionPolicy _versionPolicy;

    /// <summary>Makes the channel; <see cref="AppMonitor.Start"/> begins to look for the app.</summary>
    public HttpAppChannel(SidecarOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory)
        : base(options, timeProvider, loggerFactory)
    {
        var secure = options.AppProtocol is "https";
        var http2 = options.AppProtocol is "h2c";
        _http = new HttpMessageInvoker(HttpHandlers.Create(trustAnyCertificate: secure));
        _version = http2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11;
        _versionPolicy = http2 ? HttpVersionPolicy.RequestVersionExact : HttpVersionPolicy.RequestVersionOrLower;
        _plain = !secure && !http2 && options.AppPort is { } port
            ? new Http1Pool(options.AppChannelAddress, port, options.AppToken is { } token ? [(TokenHeader, token)] : [])
            : null;
        Callbacks = new HttpAppCallbacks(this);
    }

    /// <inheritdoc/>
    public override IAppCallbacks Callbacks { get; }

    /// <summary>The absolute URI of a path (and query) of the app, exactly as written.</summary>
    public Uri CreateUri(string pathAndQuery) => HttpHandlers.CreateUri(Origin, pathAndQuery);

    /// <inheritdoc/>
    public override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        EnsureConfigured();
        if (request.RequestUri is { IsAbsoluteUri: false } relative)
        {
            request.RequestUri = CreateUri(relative.OriginalString);
        }

        request.Version = _version;
        request.VersionPolicy = _versionPolicy;
        if (Options.AppToken is { } token)
        {
            request.Headers.Remove(TokenHeader);
            request.Headers.TryAddWithoutValidation(TokenHeader, token);
        }

        return Gate is null ? SendCoreAsync(request, cancellationToken) : SendGatedAsync(Gate, request, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<ForwardedAnswer> ForwardAsync(IInvocationRequest request, AddedHeaders added, CancellationToken cancellationToken)
    {
        EnsureConfigured();
        return _plain is { } pool ? ForwardAsync(pool, request, added, cancellationToken) : ForwardMessageAsync(request, added, cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        _http.Dispose();
        _plain?.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ForwardedAnswer> ForwardAsync(Http1Pool pool, IInvocationRequest request, AddedHeaders added, CancellationToken cancellationToken)
    {
        if (Gate is not null)
        {
            await Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var began = Metrics is null ? 0 : Stopwatch.GetTimestamp();
            var exchange = await pool.SendAsync(request, "", added.Lines, cancellationToken).ConfigureAwait(false);
            exchange.Hold(Gate);
            Metrics?.HttpClient.Record(request.Method, request.PathAndQuery, exchange.StatusCode, began, request.Body.Length ?? 0, exchange.Left ?? 0);
            return new(exchange);
        }
        catch (Exception exception)
        {
            Gate?.Release();
            if (exception is not Http1Exception fault || cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            throw Unreachable(fault, refused: fault.IsRefused || fault.InnerException is SocketException);
        }
    }

    private async ValueTask<ForwardedAnswer> ForwardMessageAsync(IInvocationRequest request, AddedHeaders added, CancellationToken cancellationToken)
    {
        var message = request.Create(CreateUri(request.PathAndQuery));
        added.AddTo(message);
        return new(await SendAsync(message, cancellationToken).ConfigureAwait(false));
    }

    private async Task<HttpResponseMessage> SendCoreAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var began = Metrics is null ? 0 : Stopwatch.GetTimestamp();
            var answer = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            Metrics?.HttpClient.Record(
                request.Method.Method,
                request.RequestUri!.OriginalString.AsSpan(Origin.Length),
                (int)answer.StatusCode,
                began,
                request.Content?.Headers.ContentLength ?? 0,
                answer.Content.Headers.ContentLength ?? 0);
            return answer;
        }
        catch (HttpRequestException exception) when (!cancellationToken.IsCancellationRequested)
        {
            HttpHandlers.RethrowIfRefused(exception);
            throw Unreachable(exception, refused: exception.HttpRequestError is HttpRequestError.ConnectionError || exception.InnerException is SocketException);
        }
    }

    private async Task<HttpResponseMessage> SendGatedAsync(SemaphoreSlim gate, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await SendCoreAsync(request, cancellationToken).ConfigureAwait(false);
            return new GatedResponse(answer, gate);
        }
        finally
        {
            if (answer is null)
            {
                gate.Release();
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task<bool> ProbeHealthAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, CreateUri(Options.AppHealthCheckPath)) { Version = _version, VersionPolicy = _versionPolicy };
        if (Options.AppToken is { } token)
        {
            request.Headers.TryAddWithoutValidation(TokenHeader, token);
        }

        var began = Stopwatch.GetTimestamp();
        using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        Metrics?.HttpClient.RecordProbe((int)response.StatusCode, began);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Holds the app's place among the concurrent calls until its answer was read to the end.</summary>
    private sealed class GatedResponse : HttpResponseMessage
    {
        private readonly HttpResponseMessage _inner;
        private SemaphoreSlim? _gate;

        public GatedResponse(HttpResponseMessage inner, SemaphoreSlim gate)
            : base(inner.StatusCode)
        {
            _inner = inner;
            _gate = gate;
            ReasonPhrase = inner.ReasonPhrase;
            Version = inner.Version;
            Content = inner.Content;
            foreach (var header in inner.Headers.NonValidated)
            {
                Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                Interlocked.Exchange(ref _gate, null)?.Release();
                _inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
