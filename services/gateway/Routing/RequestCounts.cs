using System.Collections.Concurrent;

namespace Tandem.Gateway;

/// <summary>How many requests each instance of each service was given.</summary>
internal sealed class RequestCounts
{
    private readonly ConcurrentDictionary<(string Service, string Instance), Count> _counts = new();

    public long Of(string service, string instance) => _counts.TryGetValue((service, instance), out var count) ? Interlocked.Read(ref count.Value) : 0;

    /// <summary>The proxy's step that counts.</summary>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        finally
        {
            var proxy = context.GetReverseProxyFeature();
            if (proxy.ProxiedDestination is { } instance)
            {
                var counts = context.RequestServices.GetRequiredService<RequestCounts>();
                Interlocked.Increment(ref counts._counts.GetOrAdd((proxy.Cluster.Config.ClusterId, instance.DestinationId), static _ => new Count()).Value);
            }
        }
    }

    private sealed class Count
    {
        public long Value;
    }
}
