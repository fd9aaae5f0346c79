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
    }

    /// <summary>A client speaks HTTP and not Dapr: what it says in Dapr's headers could send its request elsewhere, or as somebody else.</summary>
    private static void RemoveDaprHeaders(System.Net.Http.Headers.HttpRequestHeaders headers)
    {
        string[] names = [.. headers.NonValidated.Select(static header => header.Key).Where(static name => name.StartsWith("dapr-", StringComparison.OrdinalIgnoreCase))];
        foreach (var name in names)
        {
            headers.Remove(name);
        }
    }
}
