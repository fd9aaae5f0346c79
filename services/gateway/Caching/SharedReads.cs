using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Tandem.Gateway;

/// <summary>
/// Gives answers that are the same for everybody an entity tag, and a short 304 to those who have that already. JSON is asked for again each
/// time (<c>no-cache</c>), so nobody sees yesterday's stock; pictures are good for a minute.
/// </summary>
internal static class SharedReads
{
    private const string ForData = "public, no-cache";
    private const string ForImages = "public, max-age=60";

    /// <summary>Whether the path is a product's picture.</summary>
    public static bool IsImage(PathString path) => path.Value!.TrimEnd('/').EndsWith("/image", StringComparison.Ordinal);

    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
        => HttpMethods.IsGet(context.Request.Method) && context.GetEndpoint()?.Metadata.GetMetadata<Marker>() is not null
            ? AnswerAsync(context, next)
            : next(context);

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        // The question is answered here: the service, and the cache, are always asked for the whole.
        var known = context.Request.Headers.IfNoneMatch;
        context.Request.Headers.Remove(HeaderNames.IfNoneMatch);
        context.Request.Headers.Remove(HeaderNames.IfModifiedSince);

        var response = context.Response;
        var wire = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var body = new MemoryStream();
        var buffer = new StreamResponseBodyFeature(body, wire);
        context.Features.Set<IHttpResponseBodyFeature>(buffer);
        try
        {
            await next(context);
            await buffer.CompleteAsync();
        }
        finally
        {
            context.Features.Set(wire);
        }

        if (response.StatusCode == StatusCodes.Status200OK)
        {
            response.Headers.CacheControl = IsImage(context.Request.Path) ? ForImages : ForData;
            var tag = TagOf(response, body);
            response.Headers.ETag = tag.ToString();
            if (Matches(known, tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                response.Headers.Remove(HeaderNames.ContentLength);
                response.Headers.Remove(HeaderNames.ContentType);
                response.Headers.Remove(HeaderNames.ContentEncoding);
                return;
            }
        }

        if (body.Length > 0)
        {
            body.Position = 0;
            await body.CopyToAsync(response.Body, context.RequestAborted);
        }
    }

    /// <summary>The service's own tag, or one of the content: weak, as compression makes other bytes of the same.</summary>
    private static EntityTagHeaderValue TagOf(HttpResponse response, MemoryStream body)
        => EntityTagHeaderValue.TryParse(response.Headers.ETag.ToString(), out var given)
            ? given
            : new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)).AsSpan(0, 16))}\"", isWeak: true);

    private static bool Matches(StringValues known, EntityTagHeaderValue tag)
        => EntityTagHeaderValue.TryParseList(known, out var tags)
            && tags.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: false));

    /// <summary>On endpoints whose answers are the same for everybody.</summary>
    internal sealed class Marker
    {
        public static Marker Instance { get; } = new();
    }
}
