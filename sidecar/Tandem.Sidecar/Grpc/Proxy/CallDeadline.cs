using Microsoft.AspNetCore.Http;
using Tandem.Grpc.Protocol;

namespace Tandem.Sidecar.Grpc.Proxy;

/// <summary>How long a caller waits, as its <c>grpc-timeout</c> says. The next one hears of it too; this is for a next one that does not keep to it.</summary>
internal readonly struct CallDeadline : IDisposable
{
    private readonly HttpContext _http;
    private readonly CancellationTokenSource? _source;

    private CallDeadline(HttpContext http, CancellationTokenSource? source)
    {
        _http = http;
        _source = source;
    }

    /// <summary>Cancelled when the deadline passes, or the caller goes away.</summary>
    public CancellationToken Token => _source?.Token ?? _http.RequestAborted;

    /// <summary>Whether the deadline has passed.</summary>
    public bool HasPassed => _source is { IsCancellationRequested: true } && !_http.RequestAborted.IsCancellationRequested;

    /// <summary>Begins to wait.</summary>
    public static CallDeadline Start(HttpContext http)
    {
        if (!http.Request.Headers.TryGetValue(GrpcTimeout.Name, out var text) || !GrpcTimeout.TryParse(text.ToString(), out var timeout))
        {
            return new(http, null);
        }

        var source = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        source.CancelAfter(timeout);
        return new(http, source);
    }

    /// <inheritdoc/>
    public void Dispose() => _source?.Dispose();
}
