using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tandem.Runtime.Http1;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Invocation.Grpc;

namespace Tandem.Sidecar.Http.Invocation;

/// <summary>An incoming request that is sent on, once with its body streamed, or as often as needed with its body kept.</summary>
internal sealed class ForwardedRequest(HttpContext http, string pathAndQuery, bool keepCaller, ReadOnlyMemory<byte>? kept) : IInvocationRequest
{
    public string Method => http.Request.Method;

    public string PathAndQuery { get; } = pathAndQuery;

    public string? TraceParent { get; set; } = http.Request.Headers.TraceParent;

    public string? TraceState => http.Request.Headers.TraceState;

    /// <summary>Only another sidecar's word counts.</summary>
    public string? DataType => keepCaller && http.Request.Headers.TryGetValue(CarriedAnswer.DataTypeHeader, out var type) ? type.ToString() : null;

    /// <summary>Takes the request as it is, reading its body first where it may be sent more than once.</summary>
    public static async ValueTask<ForwardedRequest> TakeAsync(HttpContext http, string pathAndQuery, bool mayRepeat)
    {
        ReadOnlyMemory<byte>? body = mayRepeat && HasBody(http) ? await BodyReader.ReadAsync(http).ConfigureAwait(false) : default(ReadOnlyMemory<byte>?);
        return new ForwardedRequest(http, pathAndQuery, keepCaller: false, body);
    }

    public Http1Body Body => kept is { } body ? Http1Body.Of(body)
        : HasBody(http) ? Http1Body.Of(http.Request.BodyReader, http.Request.ContentLength)
        : http.Request.ContentLength is 0 ? Http1Body.Of(ReadOnlyMemory<byte>.Empty)
        : default;

    public void WriteHeaders(Http1Head head) => ForwardedHeaders.Copy(http.Request.Headers, head, TraceParent, keepCaller);

    public HttpRequestMessage Create(Uri uri)
    {
        var message = new HttpRequestMessage(MethodOf(http.Request.Method), uri);
        if (kept is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
        }
        else if (HasBody(http))
        {
            message.Content = new StreamedBody(http.Request, http.RequestAborted);
        }
        else if (http.Request.ContentLength is 0)
        {
            message.Content = new ReadOnlyMemoryContent(ReadOnlyMemory<byte>.Empty);
        }

        ForwardedHeaders.Copy(http.Request.Headers, message, keepCaller);
        if (TraceParent is { } traceParent)
        {
            message.Headers.Remove("traceparent");
            message.Headers.TryAddWithoutValidation("traceparent", traceParent);
        }

        return message;
    }

    private static bool HasBody(HttpContext http)
        => http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } && http.Request.ContentLength is not 0;

    private static HttpMethod MethodOf(string method) => method switch
    {
        "GET" => HttpMethod.Get,
        "POST" => HttpMethod.Post,
        "PUT" => HttpMethod.Put,
        "DELETE" => HttpMethod.Delete,
        "PATCH" => HttpMethod.Patch,
        "HEAD" => HttpMethod.Head,
        "OPTIONS" => HttpMethod.Options,
        _ => new HttpMethod(method),
    };
}
