using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Http1;
using Tandem.Runtime.Http2;
using Tandem.Runtime.Invocation;

namespace Tandem.Runtime.Peers;

/// <summary>Reaches other sidecars over HTTP.</summary>
/// <param name="token">What proves to them that this is a sidecar too.</param>
public sealed class PeerChannel(string token) : IPeerChannel, IDisposable
{
    /// <summary>The header with the token. No app ever sees it, and what one sends under this name is dropped.</summary>
    public const string TokenHeader = "tandem-peer-token";

    private readonly HttpMessageInvoker _http = new(HttpHandlers.Create());
    private readonly ConcurrentDictionary<string, Http1Pool> _pools = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Http2Channel> _http2 = new(StringComparer.Ordinal);

    /// <summary>What proves that a request is a sidecar's.</summary>
    public string Token => token;

    /// <inheritdoc/>
    public async Task<HttpResponseMessage> SendAsync(string address, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { IsAbsoluteUri: false } relative)
        {
            request.RequestUri = HttpHandlers.CreateUri($"http://{address}", relative.OriginalString);
        }

        request.Headers.Remove(TokenHeader);
        request.Headers.TryAddWithoutValidation(TokenHeader, token);
        try
        {
            return await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (!cancellationToken.IsCancellationRequested)
        {
            HttpHandlers.RethrowIfRefused(exception);
            throw Unreachable(address, exception);
        }
    }

    /// <summary>Passes a request on to the internal listener at <paramref name="address"/>; the answer streams.</summary>
    /// <exception cref="PeerUnreachableException">No connection, or it broke before an answer.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ForwardedAnswer> ForwardAsync(
        string address, string pathPrefix, IInvocationRequest request, AddedHeaders added, CancellationToken cancellationToken)
    {
        var pool = _pools.GetOrAdd(address, static (address, token) => CreatePool(address, token), token);
        try
        {
            return new(await pool.SendAsync(request, pathPrefix, added.Lines, cancellationToken).ConfigureAwait(false));
        }
        catch (Http1Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (exception.IsRefused && _pools.TryRemove(KeyValuePair.Create(address, pool)))
            {
                pool.Dispose(); // Ports change with each start: this one may never come back.
            }

            throw Unreachable(address, exception);
        }
    }

    /// <summary>The way of gRPC calls to the internal listener at <paramref name="address"/>. <see cref="Token"/> has to go with each.</summary>
    public Http2Channel Http2(string address) => _http2.GetOrAdd(address, static address => new Http2Channel($"http://{address}"));

    /// <summary>Nobody listens at the address any more: ports change with each start, so this one may never come back.</summary>
    public void Forget(string address)
    {
        if (_http2.TryRemove(address, out var channel))
        {
            channel.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        foreach (var channel in _http2.Values)
        {
            channel.Dispose();
        }

        foreach (var pool in _pools.Values)
        {
            pool.Dispose();
        }
    }

    private static Http1Pool CreatePool(string address, string token)
    {
        var parsed = IPEndPoint.Parse(address);
        return new Http1Pool(parsed.Address.ToString(), parsed.Port, (TokenHeader, token));
    }

    private static PeerUnreachableException Unreachable(string address, Exception exception)
        => new($"the sidecar at {address} cannot be reached: {exception.Message}", exception);
}
