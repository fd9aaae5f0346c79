using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Dapr;

/// <summary>Gives endpoints the data of a CloudEvent as their request body, with its content type.</summary>
internal sealed class CloudEventsMiddleware(RequestDelegate next, CloudEventsMiddlewareOptions options)
{
    private const string CloudEventType = "application/cloudevents+json";

    private readonly CloudEventHeaders? _headers = options.ForwardCloudEventPropertiesAsHeaders ? new CloudEventHeaders(options) : null;

    public Task InvokeAsync(HttpContext context)
        => IsCloudEvent(context.Request.ContentType, out var encoding) ? UnwrapAsync(context, encoding) : next(context);

    private async Task UnwrapAsync(HttpContext context, Encoding? encoding)
    {
        var request = context.Request;
        using var document = await ReadAsync(request, encoding, context.RequestAborted);
        if (document is null || !CloudEventBody.TryCreate(document.RootElement, options.SuppressJsonDecodingOfTextPayloads, out var body))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        _headers?.Forward(document.RootElement, request.Headers);
        var (envelope, contentType, contentLength) = (request.Body, request.ContentType, request.ContentLength);
        try
        {
            request.Body = new MemoryStream(body.Bytes, writable: false);
            request.ContentType = body.ContentType;
            request.ContentLength = body.Bytes.Length;
            await next(context);
        }
        finally
        {
            request.Body = envelope;
            request.ContentType = contentType;
            request.ContentLength = contentLength;
        }
    }

    private static async Task<JsonDocument?> ReadAsync(HttpRequest request, Encoding? encoding, CancellationToken cancellationToken)
    {
        try
        {
            if (encoding is null)
            {
                return await JsonDocument.ParseAsync(request.Body, cancellationToken: cancellationToken);
            }

            await using var utf8 = Encoding.CreateTranscodingStream(request.Body, encoding, Encoding.UTF8, leaveOpen: true);
            return await JsonDocument.ParseAsync(utf8, cancellationToken: cancellationToken);
        }
        catch (JsonException)
        {
            // The answer, 400, is what tells the sidecar.
            return null;
        }
    }

    // UTF-8, the only encoding that events have in practice, needs no transcoding: null.
    private static bool IsCloudEvent(string? contentType, out Encoding? encoding)
    {
        encoding = null;
        if (contentType is null
            || !contentType.StartsWith(CloudEventType, StringComparison.OrdinalIgnoreCase)
            || !MediaTypeHeaderValue.TryParse(contentType, out var parsed)
            || !parsed.MediaType.Equals(CloudEventType, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        if (parsed.Charset.HasValue && parsed.Encoding is { } named && named.CodePage != Encoding.UTF8.CodePage)
        {
            encoding = named;
        }

        return true;
    }
}
