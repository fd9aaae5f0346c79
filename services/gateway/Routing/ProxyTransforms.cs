using System.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Tandem.Gateway;

/// <summary>What changes in requests on their way in and in answers on their way out.</summary>
internal static class ProxyTransforms
{
    public static void Apply(TransformBuilderContext context, GatewayOptions options)
    {
        var throughSidecar = context.Cluster?.Metadata?.ContainsKey(ProxyConfiguration.ThroughSidecar) == true;
        context.AddRequestTransform(transform =>
        {
            RemoveDaprHeaders(transform.ProxyRequest.Headers);
            if (throughSidecar && options.SidecarToken is { } token)
            {
                transform.ProxyRequest.Headers.TryAddWithoutValidation("dapr-api-token", token);
            }

            return ValueTask.CompletedTask;
        });
        if (throughSidecar)
        {
            context.AddResponseTransform(SidecarAnswers.TranslateAsync);
        }

        context.AddResponseTransform(static transform =>
        {
            CompleteLocation(transform.HttpContext);
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>A client speaks HTTP and not Dapr: what it says in Dapr's headers could send its request elsewhere, or as somebody else.</summary>
    private static void RemoveDaprHeaders(HttpRequestHeaders headers)
    {
        string[] names = [.. headers.NonValidated.Select(static header => header.Key).Where(static name => name.StartsWith("dapr-", StringComparison.OrdinalIgnoreCase))];
        foreach (var name in names)
        {
            headers.Remove(name);
        }
    }

    /// <summary>A service names a place as it knows it; the client finds it under the prefix that it used.</summary>
    private static void CompleteLocation(HttpContext context)
    {
        var location = context.Response.Headers.Location.ToString();
        var prefix = Array.Find(ProxyConfiguration.Prefixes, prefix => context.Request.Path.StartsWithSegments(prefix));
        if (prefix is not null && location.StartsWith('/') && !location.StartsWith("//", StringComparison.Ordinal))
        {
            context.Response.Headers.Location = prefix + location;
        }
    }
}
