using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Tandem.Bench.Backend;

/// <summary>
/// Answers <c>GET /hello</c> with text, what a sidecar asks an app for (one actor type, one subscription), and anything else with an empty 200.
/// Answers <c>/bench.Echo/Unary</c> with a gRPC message of seven bytes. Counts what arrives at <c>/sink</c>; <c>GET /count</c> tells the number.
/// </summary>
internal sealed class BackendApplication : IHttpApplication<IFeatureCollection>
{
    private static readonly byte[] Hello = "hello"u8.ToArray();
    private static readonly byte[] Configuration = """{"entities":["Bench"],"actorIdleTimeout":"1h"}"""u8.ToArray();
    private static readonly byte[] Subscriptions = """[{"pubsubname":"bus","topic":"sink","route":"/sink"}]"""u8.ToArray();

    private static readonly byte[] Message = [0, 0, 0, 0, 7, 0x0a, 5, .. "hello"u8];

    private long _delivered;

    /// <inheritdoc/>
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    /// <inheritdoc/>
    public Task ProcessRequestAsync(IFeatureCollection context)
    {
        var request = context.GetRequiredFeature<IHttpRequestFeature>();
        switch (request.Path)
        {
            case "/hello":
                return WriteAsync(context, "text/plain", Hello);
            case "/sink":
                Interlocked.Increment(ref _delivered);
                return ReadAsync(context, request);
            case "/count":
                return WriteAsync(context, "text/plain", Encoding.ASCII.GetBytes(Interlocked.Read(ref _delivered).ToString(CultureInfo.InvariantCulture)));
            case "/bench.Echo/Unary":
                return AnswerCallAsync(context, request);
            case "/dapr/config":
                return WriteAsync(context, "application/json", Configuration);
            case "/dapr/subscribe":
                return WriteAsync(context, "application/json", Subscriptions);
            default:
                return ReadAsync(context, request);
        }
    }

    /// <inheritdoc/>
    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    /// <summary>Reads the body to its end, as an app does that works with it.</summary>
    private static Task ReadAsync(IFeatureCollection context, IHttpRequestFeature request)
    {
        context.GetRequiredFeature<IHttpResponseFeature>().Headers.ContentLength = 0;
        return request.Body.CopyToAsync(Stream.Null);
    }

    private static async Task AnswerCallAsync(IFeatureCollection context, IHttpRequestFeature request)
    {
        await request.Body.CopyToAsync(Stream.Null);
        context.GetRequiredFeature<IHttpResponseFeature>().Headers.ContentType = "application/grpc";
        await context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(Message);
        context.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers["grpc-status"] = "0";
    }

    private static async Task WriteAsync(IFeatureCollection context, string contentType, byte[] body)
    {
        var headers = context.GetRequiredFeature<IHttpResponseFeature>().Headers;
        headers.ContentType = contentType;
        headers.ContentLength = body.Length;
        await context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(body);
    }
}
