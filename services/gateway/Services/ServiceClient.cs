namespace Tandem.Gateway;

/// <summary>Asks the services something for the gateway itself: through the sidecar, or at the URLs it was given.</summary>
internal sealed class ServiceClient(GatewayOptions options, HttpClient http)
{
    /// <summary>Where a service's instances are: one address when Dapr finds them.</summary>
    public IReadOnlyList<Uri> InstancesOf(ServiceOptions service)
        => service.Urls.Count == 0
            ? [new Uri(options.Sidecar, $"/v1.0/invoke/{service.Name}/method/")]
            : [.. service.Urls.Select(static url => new Uri($"{url.Url.ToString().TrimEnd('/')}/"))];

    /// <summary>GET of a path, which begins with no slash, at one instance.</summary>
    public async Task<HttpResponseMessage> GetAsync(ServiceOptions service, Uri instance, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(instance, path));
        if (service.Urls.Count == 0 && options.SidecarToken is { } token)
        {
            request.Headers.Add("dapr-api-token", token);
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
