using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>What is common to the calls of all four kinds: headers, status, trailers, and giving the call up.</summary>
public abstract class AsyncCall : IDisposable
{
    private readonly Task<Metadata> _headers;
    private readonly Func<Status> _status;
    private readonly Func<Metadata> _trailers;
    private readonly Action _dispose;

    private protected AsyncCall(Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
        => (_headers, _status, _trailers, _dispose) = (responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);

    /// <summary>The server's headers, as soon as they are there.</summary>
    public Task<Metadata> ResponseHeadersAsync => _headers;

    /// <summary>How the call ended.</summary>
    /// <exception cref="InvalidOperationException">It has not ended yet.</exception>
    public Status GetStatus() => _status();

    /// <summary>What came with the status.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended yet.</exception>
    public Metadata GetTrailers() => _trailers();

    /// <summary>Cancels the call if it has not ended, and frees what it holds.</summary>
    public void Dispose()
    {
        _dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A call with one request and one response.</summary>
public sealed class AsyncUnaryCall<TResponse>(
    Task<TResponse> responseAsync, Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
    : AsyncCall(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction)
{
    /// <summary>The response.</summary>
    /// <exception cref="RpcException">The call did not end with OK.</exception>
    public Task<TResponse> ResponseAsync { get; } = responseAsync;

    /// <summary>Lets the call itself be awaited.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();

    /// <summary>Lets the call itself be awaited.</summary>
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) => ResponseAsync.ConfigureAwait(continueOnCapturedContext);
}

/// <summary>A call with many requests and one response.</summary>
public sealed class AsyncClientStreamingCall<TRequest, TResponse>(
    IClientStreamWriter<TRequest> requestStream,
    Task<TResponse> responseAsync,
    Task<Metadata> responseHeadersAsync,
    Func<Status> getStatusFunc,
    Func<Metadata> getTrailersFunc,
    Action disposeAction)
    : AsyncCall(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction)
{
    /// <summary>Where the requests are written.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; } = requestStream;

    /// <summary>The response.</summary>
    /// <exception cref="RpcException">The call did not end with OK.</exception>
    public Task<TResponse> ResponseAsync { get; } = responseAsync;

    /// <summary>Lets the call itself be awaited.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();

    /// <summary>Lets the call itself be awaited.</summary>
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) => ResponseAsync.ConfigureAwait(continueOnCapturedContext);
}

/// <summary>A call with one request and many responses.</summary>
public sealed class AsyncServerStreamingCall<TResponse>(
    IAsyncStreamReader<TResponse> responseStream,
    Task<Metadata> responseHeadersAsync,
    Func<Status> getStatusFunc,
    Func<Metadata> getTrailersFunc,
    Action disposeAction)
    : AsyncCall(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction)
{
    /// <summary>Where the responses are read.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; } = responseStream;
}

/// <summary>A call with many requests and many responses.</summary>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse>(
    IClientStreamWriter<TRequest> requestStream,
    IAsyncStreamReader<TResponse> responseStream,
    Task<Metadata> responseHeadersAsync,
    Func<Status> getStatusFunc,
    Func<Metadata> getTrailersFunc,
    Action disposeAction)
    : AsyncCall(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction)
{
    /// <summary>Where the requests are written.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; } = requestStream;

    /// <summary>Where the responses are read.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; } = responseStream;
}
