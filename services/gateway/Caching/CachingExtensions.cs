using Microsoft.AspNetCore.OutputCaching;
using Yarp.ReverseProxy.Configuration;

namespace Tandem.Gateway;

/// <summary>Adds the caching of what everybody may read.</summary>
internal static class CachingExtensions
{
    private const string Policy = "shared";

    public static void AddSharedReads(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(CacheOptions.Read(configuration));
        services.AddSingleton<CatalogGeneration>();
        services.AddSingleton<SharedReadPolicy>();
        services.AddOutputCache(static cache =>
        {
            cache.SizeLimit = CacheOptions.LargestSize;
            cache.MaximumBodySize = CacheOptions.LargestAnswer;
        });
        services.AddOptions<OutputCacheOptions>().Configure<SharedReadPolicy>(static (cache, policy) => cache.AddPolicy(Policy, policy));
    }

    /// <summary>After routing and authentication, before the endpoints.</summary>
    public static void UseSharedReads(this WebApplication app)
    {
        app.Use(SharedReads.InvokeAsync);
        app.Use(CatalogGeneration.InvokeAsync);
        app.UseOutputCache();
    }

    /// <summary>Marks the proxy's endpoints as their routes say.</summary>
    public static ReverseProxyConventionBuilder WithSharedReads(this ReverseProxyConventionBuilder proxy)
        => proxy.ConfigureEndpoints(static (endpoint, route) =>
        {
            if (Says(route, ProxyConfiguration.Shared))
            {
                endpoint.WithMetadata(SharedReads.Marker.Instance, new OutputCacheAttribute { PolicyName = Policy });
            }

            if (Says(route, ProxyConfiguration.ChangesShared))
            {
                endpoint.WithMetadata(CatalogGeneration.ChangesMarker.Instance);
            }
        });

    private static bool Says(RouteConfig route, string key) => route.Metadata?.ContainsKey(key) == true;
}
