using System.Collections.Frozen;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Tandem.Components.Bindings;

namespace Tandem.Components.Http;

/// <summary><c>bindings.http</c>: calls a URL; the operation is the method.</summary>
internal sealed class HttpBinding(HttpBindingOptions options, TimeProvider timeProvider) : IOutputBinding, IDisposable
{
    private static readonly FrozenDictionary<string, HttpMethod> Methods = new Dictionary<string, HttpMethod>
    {
        ["create"] = HttpMethod.Post,
        ["get"] = HttpMethod.Get,
        ["head"] = HttpMethod.Head,
        ["post"] = HttpMethod.Post,
        ["put"] = HttpMethod.Put,
        ["patch"] = HttpMethod.Patch,
        ["delete"] = HttpMethod.Delete,
        ["options"] = HttpMethod.Options,
        ["trace"] = HttpMethod.Trace,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly HttpMessageInvoker _http = new(CreateHandler(options));

    /// <inheritdoc/>
    public IReadOnlyList<string> Operations { get; } = ["create", "get", "head", "post", "put", "patch", "delete", "options", "trace"];

    public static HttpBinding Create(ComponentContext context) => new(HttpBindingOptions.Parse(context), context.TimeProvider);

    /// <inheritdoc/>
    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        if (!Methods.TryGetValue(request.Operation, out var method))
        {
            throw new BindingException($"operation '{request.Operation}' is not one of bindings.http: {string.Join(", ", Operations)}");
        }

        using var message = HttpBindingRequest.Create(request, method, options);
        using var timeout = new CancellationTokenSource(options.ResponseTimeout ?? Timeout.InfiniteTimeSpan, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var response = await _http.SendAsync(message, either.Token);
            var body = await ReadAsync(response.Content, either.Token);
            var errorIfNot2xx = request.Metadata.TryGetValue("errorIfNot2XX", out var text) ? !bool.TryParse(text, out var value) || value : options.ErrorIfNot2xx;
            return response.IsSuccessStatusCode || !errorIfNot2xx
                ? new BindingResponse(body, response.Content.Headers.ContentType?.ToString(), Metadata(response))
                : throw new BindingException($"received status code {(int)response.StatusCode}");
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BindingException($"no answer within {options.ResponseTimeout}", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new BindingException($"the request failed: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler(HttpBindingOptions options)
    {
        var handler = new SocketsHttpHandler { UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (options.ClientCertificate is { } certificate)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        if (options.Authorities is { } authorities)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return handler;
    }

    private static Dictionary<string, string> Metadata(HttpResponseMessage response)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        AddHeaders(metadata, response.Headers);
        AddHeaders(metadata, response.Content.Headers);
        var code = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        metadata["statusCode"] = code;
        metadata["status"] = $"{code} {response.ReasonPhrase}".TrimEnd();
        return metadata;
    }

    private static void AddHeaders(Dictionary<string, string> metadata, HttpHeaders headers)
    {
        foreach (var (name, values) in headers.NonValidated)
        {
            metadata[name] = string.Join(", ", (IEnumerable<string>)values);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > options.MaxResponseBodySize)
        {
            throw TooLarge();
        }

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[81920];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + read > options.MaxResponseBodySize)
            {
                throw TooLarge();
            }

            body.Write(buffer, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private BindingException TooLarge() => new($"the answer is larger than maxResponseBodySize ({options.MaxResponseBodySize} bytes)");
}
