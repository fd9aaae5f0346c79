using System.Collections.Concurrent;
using System.Net;
using Tandem.Runtime.AppChannel;

namespace Tandem.Runtime.Http2;

/// <summary>
/// The way over HTTP/2 to one server: without TLS by prior knowledge. Connections are made when they are needed, shared by all calls, and
/// closed when nothing used them for a while. This is the only place that knows how a proxied call leaves the process.
/// </summary>
/// <param name="origin">Where the server listens, as a URI begins: <c>http://127.0.0.1:5000</c>.</param>
public sealed class Http2Channel(string origin) : IDisposable
{
    /// <summary>Paths beyond this many are parsed each time, so that calls of random methods cost no memory.</summary>
    private const int MostKeptUris = 1024;

    private readonly HttpMessageInvoker _http = new(HttpHandlers.CreateHttp2(trustAnyCertificate: origin.StartsWith("https:", StringComparison.Ordinal)));
    private readonly ConcurrentDictionary<string, Uri> _uris = new(StringComparer.Ordinal);

    /// <summary>Where the server listens.</summary>
    public string Origin => origin;

    /// <summary>A request for this server.</summary>
    /// <param name="path">Its path and query, exactly as they go out.</param>
    /// <param name="content">Its body; it may still be written while the answer is read.</param>
    public HttpRequestMessage CreateRequest(string path, HttpContent content) => new(HttpMethod.Post, UriOf(path))
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = content,
    };

    /// <summary>Sends a request; the answer is there with its head.</summary>
    /// <exception cref="HttpRequestException">No connection, or it broke.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _http.SendAsync(request, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private Uri UriOf(string path)
    {
        if (_uris.TryGetValue(path, out var known))
        {
            return known;
        }

        var uri = HttpHandlers.CreateUri(origin, path);
        if (_uris.Count < MostKeptUris)
        {
            _uris.TryAdd(path, uri);
        }

        return uri;
    }
}
