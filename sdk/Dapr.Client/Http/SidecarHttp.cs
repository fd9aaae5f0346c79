using System.Net.Http.Headers;
using System.Reflection;

namespace Dapr;

/// <summary>One sidecar's HTTP API: addresses, the token, and errors turned into exceptions.</summary>
internal sealed class SidecarHttp : IDisposable
{
    public const string ApiTokenHeader = "dapr-api-token";
    public const string JsonContentType = "application/json";

    public static readonly ProductInfoHeaderValue UserAgent = new("dapr-sdk-dotnet", Version());
    public static readonly string UserAgentText = UserAgent.ToString();

    private readonly HttpClient _client;
    private readonly string? _apiToken;

    public SidecarHttp(Uri endpoint, string? apiToken, HttpClient client)
    {
        Endpoint = endpoint.AbsoluteUri.EndsWith('/') ? endpoint : new Uri(endpoint.AbsoluteUri + "/");
        _apiToken = string.IsNullOrWhiteSpace(apiToken) ? null : apiToken;
        _client = client;
    }

    /// <summary>The base address; it always ends in a slash, so that relative addresses keep its path.</summary>
    public Uri Endpoint { get; }

    public string? ApiToken => _apiToken;

    /// <summary>
    /// A connection pool for a sidecar. Cookies and redirects belong to the two apps at the ends, never to the way between them:
    /// a jar shared by all requests would send one user's cookie with another's request.
    /// </summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        UseProxy = false,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
    };

    public static Uri ParseEndpoint(string endpoint, string what)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new InvalidOperationException($"The {what} endpoint '{endpoint}' must be an absolute http or https address.");
        }

        return uri;
    }

    public static void AddUserAgent(HttpRequestHeaders headers) => headers.UserAgent.Add(UserAgent);

    public HttpRequestMessage CreateRequest(HttpMethod method, string relative, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, new Uri(Endpoint, relative)) { Content = content };
        Authorize(request);
        return request;
    }

    public void Authorize(HttpRequestMessage request)
    {
        if (_apiToken is not null)
        {
            request.Headers.Remove(ApiTokenHeader);
            request.Headers.TryAddWithoutValidation(ApiTokenHeader, _apiToken);
        }
    }

    /// <summary>Sends and gives the answer back, whatever its status is.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string operation, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException failure)
        {
            throw SidecarErrors.FromFailure(failure, operation, Endpoint);
        }
        catch (TaskCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw SidecarErrors.FromFailure(failure, operation, Endpoint);
        }
    }

    /// <summary>Sends and gives the answer back when its status is a success; otherwise throws what the sidecar said.</summary>
    public async Task<HttpResponseMessage> SendCheckedAsync(HttpRequestMessage request, string operation, CancellationToken cancellationToken)
    {
        var response = await SendAsync(request, operation, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await SidecarErrors.FromResponseAsync(response, operation, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends for the effect alone.</summary>
    public async Task ExecuteAsync(HttpRequestMessage request, string operation, CancellationToken cancellationToken)
    {
        using var response = await SendCheckedAsync(request, operation, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _client.Dispose();

    public static HttpContent Json(ReadOnlyMemory<byte> body) => Bytes(body, JsonContentType);

    public static HttpContent Bytes(ReadOnlyMemory<byte> body, string? contentType)
    {
        var content = new ReadOnlyMemoryContent(body);
        if (!string.IsNullOrEmpty(contentType))
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return content;
    }

    private static string Version()
        => "v" + (typeof(SidecarHttp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0");
}
