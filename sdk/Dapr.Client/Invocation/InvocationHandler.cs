namespace Dapr.Client;

/// <summary>
/// Sends requests for <c>http://APP-ID/path</c> to the sidecar, which finds the app. It can stand in any chain of handlers
/// (<c>AddHttpMessageHandler</c>); the request looks untouched to the handlers before it.
/// </summary>
public class InvocationHandler : DelegatingHandler
{
    private Uri _endpoint;
    private string? _apiToken;

    /// <summary>Takes the sidecar's address and token from the environment.</summary>
    public InvocationHandler()
    {
        _endpoint = Normalize(DaprDefaults.GetHttpEndpoint());
        _apiToken = DaprDefaults.GetApiToken();
    }

    /// <summary>The address of the sidecar's HTTP API.</summary>
    public string DaprEndpoint
    {
        get => _endpoint.OriginalString;
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(value);
            _endpoint = Normalize(value);
        }
    }

    /// <summary>The app id that requests go to; it keeps the letters' case, which a host name in an address loses.</summary>
    public string? DefaultAppId { get; set; }

    internal string? DaprApiToken
    {
        get => _apiToken;
        set => _apiToken = value ?? DaprDefaults.GetApiToken();
    }

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var original = request.RequestUri;
        request.RequestUri = Rewrite(original);
        var authorized = !string.IsNullOrEmpty(_apiToken) && request.Headers.TryAddWithoutValidation(SidecarHttp.ApiTokenHeader, _apiToken);
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            request.RequestUri = original;
            if (authorized)
            {
                request.Headers.Remove(SidecarHttp.ApiTokenHeader);
            }
        }
    }

    internal Uri Rewrite(Uri? uri)
    {
        if (uri is not { IsAbsoluteUri: true } || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"The request address '{uri}' must be of the form http://app-id/path.", nameof(uri));
        }

        var host = uri.Host;
        var appId = string.Equals(DefaultAppId, host, StringComparison.OrdinalIgnoreCase) ? DefaultAppId! : host;
        return new Uri(_endpoint, $"v1.0/invoke/{appId}/method{uri.PathAndQuery}");
    }

    private static Uri Normalize(string endpoint)
        => SidecarHttp.ParseEndpoint(endpoint.EndsWith('/') ? endpoint : endpoint + "/", "HTTP");
}
