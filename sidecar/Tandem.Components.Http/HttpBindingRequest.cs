using System.Net.Http.Headers;
using Tandem.Components.Bindings;

namespace Tandem.Components.Http;

/// <summary>Turns a binding's request into one over HTTP.</summary>
internal static class HttpBindingRequest
{
    private const string DefaultContentType = "application/json; charset=utf-8";

    public static HttpRequestMessage Create(BindingRequest request, HttpMethod method, HttpBindingOptions options)
    {
        var message = new HttpRequestMessage(method, Target(request, options.Url));
        if (method == HttpMethod.Post || method == HttpMethod.Put || method == HttpMethod.Patch)
        {
            message.Content = new ReadOnlyMemoryContent(request.Data);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType(request));
        }

        foreach (var (name, value) in request.Metadata)
        {
            if (IsHeader(name) && !message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (options.SecurityHeader is { } header)
        {
            message.Headers.Remove(header.Key);
            message.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return message;
    }

    /// <summary>The URL with the request's path behind it; the path cannot climb out of it.</summary>
    private static Uri Target(BindingRequest request, Uri url)
    {
        if (!request.Metadata.TryGetValue("path", out var path) || path.Length == 0)
        {
            return url;
        }

        var target = new UriBuilder(url);
        var query = path.IndexOf('?', StringComparison.Ordinal);
        var segments = query < 0 ? path : path[..query];
        if (Uri.UnescapeDataString(segments).Split('/', '\\').Contains(".."))
        {
            throw new BindingException($"the path '{path}' leads out of the binding's URL");
        }

        target.Path = $"{target.Path.TrimEnd('/')}/{segments.TrimStart('/')}";
        if (query >= 0)
        {
            target.Query = path[(query + 1)..];
        }

        return target.Uri;
    }

    private static string ContentType(BindingRequest request)
    {
        foreach (var (name, value) in request.Metadata)
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) && MediaTypeHeaderValue.TryParse(value, out _))
            {
                return value;
            }
        }

        return DefaultContentType;
    }

    /// <summary>Metadata that begin with a capital letter are headers, and so is the trace context.</summary>
    private static bool IsHeader(string name)
        => name.Length > 0
            && (char.IsAsciiLetterUpper(name[0]) || name is "traceparent" or "tracestate" or "baggage")
            && !name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)
            && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
            && !name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase);
}
