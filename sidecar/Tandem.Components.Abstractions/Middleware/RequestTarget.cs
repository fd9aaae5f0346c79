using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tandem.Components.Middleware;

/// <summary>A request's path and query as they were sent, escapes and all: what the sidecar routes by, and what a middleware may replace.</summary>
public static class RequestTarget
{
    /// <summary>Path and query, in origin form.</summary>
    public static string Get(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith('/'))
        {
            return target;
        }

        // Absolute form, which a client behind a proxy setting sends.
        return Uri.TryCreate(target, UriKind.Absolute, out var uri) ? uri.PathAndQuery : "/";
    }

    /// <summary>The path alone, without the query.</summary>
    public static ReadOnlySpan<char> PathOf(string target) => target.AsSpan(0, PathEndOf(target));

    /// <summary>Where the path ends and the query, with its question mark, begins.</summary>
    public static int PathEndOf(string target) => target.IndexOf('?') is >= 0 and var query ? query : target.Length;

    /// <summary>Sends the request on to another path and query.</summary>
    public static void Set(HttpContext http, string target)
    {
        var feature = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        var pathEnd = PathEndOf(target);
        feature.RawTarget = target;
        feature.Path = Uri.UnescapeDataString(target[..pathEnd]);
        feature.QueryString = target[pathEnd..];
    }
}
