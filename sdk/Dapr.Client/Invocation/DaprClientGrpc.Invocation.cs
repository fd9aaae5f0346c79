using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Dapr.Client;

internal sealed partial class DaprClientGrpc
{
    private const string InvokeSegment = "v1.0/invoke/";
    private const string MethodSegment = "/method/";

    public override HttpClient CreateInvokableHttpClient(string? appId = null)
        => CreateInvokeHttpClient(appId, sidecar.Endpoint.AbsoluteUri, sidecar.ApiToken);

    public override HttpRequestMessage CreateInvokeMethodRequest(HttpMethod httpMethod, string appId, string methodName)
        => CreateInvokeMethodRequest(httpMethod, appId, methodName, []);

    public override HttpRequestMessage CreateInvokeMethodRequest(HttpMethod httpMethod, string appId, string methodName, IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters)
    {
        ArgumentNullException.ThrowIfNull(httpMethod);
        ArgumentException.ThrowIfNullOrEmpty(appId);
        ArgumentNullException.ThrowIfNull(methodName);
        ArgumentNullException.ThrowIfNull(queryStringParameters);

        // The method's name is the callee's path and query, as the caller wrote them.
        var path = new StringBuilder(InvokeSegment).Append(Uri.EscapeDataString(appId)).Append(MethodSegment).Append(methodName.AsSpan().TrimStart('/'));
        var separator = methodName.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, value) in queryStringParameters)
        {
            path.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return sidecar.CreateRequest(httpMethod, path.ToString());
    }

    public override HttpRequestMessage CreateInvokeMethodRequest<TRequest>(HttpMethod httpMethod, string appId, string methodName, IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters, TRequest data)
    {
        var request = CreateInvokeMethodRequest(httpMethod, appId, methodName, queryStringParameters);
        request.Content = JsonContent.Create(data, options: options);
        return request;
    }

    public override async Task<HttpResponseMessage> InvokeMethodWithResponseAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        var (appId, methodName) = Target(request);
        sidecar.Authorize(request);
        try
        {
            return await sidecar.SendAsync(request, $"Invoking {methodName} of {appId}", cancellationToken).ConfigureAwait(false);
        }
        catch (DaprApiException failure)
        {
            throw new InvocationException(appId, methodName, failure, response: null);
        }
    }

    public override async Task InvokeMethodAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        using var response = await InvokeCheckedAsync(request, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<TResponse> InvokeMethodAsync<TResponse>(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        var response = await InvokeCheckedAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            var value = await response.Content.ReadFromJsonAsync<TResponse>(options, cancellationToken).ConfigureAwait(false);
            response.Dispose();
            return value!;
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or HttpRequestException)
        {
            var (appId, methodName) = Target(request);
            throw new InvocationException(appId, methodName, failure, response);
        }
    }

    private async Task<HttpResponseMessage> InvokeCheckedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await InvokeMethodWithResponseAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            return response.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException failure)
        {
            // The exception carries the answer, so that the caller can read what the app said.
            var (appId, methodName) = Target(request);
            throw new InvocationException(appId, methodName, failure, response);
        }
    }

    // The token goes with the request: never to an address that is not the sidecar's.
    private (string AppId, string MethodName) Target(HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.RequestUri is { IsAbsoluteUri: true } uri && sidecar.Endpoint.IsBaseOf(uri))
        {
            var path = uri.AbsolutePath.AsSpan(sidecar.Endpoint.AbsolutePath.Length);
            if (path.StartsWith(InvokeSegment, StringComparison.Ordinal))
            {
                path = path[InvokeSegment.Length..];
                var end = path.IndexOf(MethodSegment, StringComparison.Ordinal);
                if (end > 0)
                {
                    return (Uri.UnescapeDataString(path[..end].ToString()), path[(end + MethodSegment.Length)..].ToString());
                }
            }
        }

        throw new InvalidOperationException(
            $"'{request.RequestUri}' is no service invocation address of the sidecar at {sidecar.Endpoint}; make the request with {nameof(CreateInvokeMethodRequest)}.");
    }
}
