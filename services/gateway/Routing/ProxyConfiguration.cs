using System.Globalization;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Tandem.Gateway;

/// <summary>The proxy's routes and clusters: which path goes to which service, and how that is reached.</summary>
internal static class ProxyConfiguration
{
    /// <summary>The metadata of a cluster that is reached through the sidecar.</summary>
    public const string ThroughSidecar = "through-sidecar";

    /// <summary>The metadata of a route whose answers are the same for everybody.</summary>
    public const string Shared = "shared";

    /// <summary>The metadata of a route by which such answers change.</summary>
    public const string ChangesShared = "changes-shared";

    /// <summary>What clients put before a service's paths, the longest first.</summary>
    public static readonly string[] Prefixes = ["/api/v1", "/api"];

    public static IReadOnlyList<RouteConfig> RoutesOf(GatewayOptions options)
    {
        var enabled = options.Services.Where(static service => service.Enabled).Select(static service => service.Name).ToHashSet(StringComparer.Ordinal);
        return [.. PublicRoute.All.Where(route => enabled.Contains(route.Service)).SelectMany(RoutesFor)];
    }

    public static IReadOnlyList<ClusterConfig> ClustersOf(GatewayOptions options)
        => [.. options.Services.Where(static service => service.Enabled).Select(service => new ClusterConfig
        {
            ClusterId = service.Name,
            LoadBalancingPolicy = options.LoadBalancingPolicy,
            Destinations = DestinationsOf(service, options),
            Metadata = service.Urls.Count == 0 ? new Dictionary<string, string> { [ThroughSidecar] = "true" } : null,
            HealthCheck = service.Urls.Count > 1 ? AvoidUnreachable : null,
            HttpRequest = new ForwarderRequestConfig
            {
                Version = System.Net.HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                ActivityTimeout = options.RequestTimeout,
            },
            HttpClient = new HttpClientConfig { MaxConnectionsPerServer = 512 },
        })];

    /// <summary>With several instances one that nobody answers at is left out for a while; when that is true of all of them, all are tried.</summary>
    private static HealthCheckConfig AvoidUnreachable { get; } = new()
    {
        AvailableDestinationsPolicy = "HealthyOrPanic",
        Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = UnreachableInstances.PolicyName },
    };

    private static Dictionary<string, DestinationConfig> DestinationsOf(ServiceOptions service, GatewayOptions options)
    {
        if (service.Urls.Count == 0)
        {
            return new(StringComparer.Ordinal)
            {
                ["dapr"] = new DestinationConfig { Address = new Uri(options.Sidecar, $"/v1.0/invoke/{service.Name}/method/").ToString() },
            };
        }

        return service.Urls
            .Select(static (url, index) => (url, index))
            .ToDictionary(
                static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.index:000}"),
                static pair => new DestinationConfig
                {
                    Address = pair.url.Url.ToString(),
                    Metadata = new Dictionary<string, string> { [WeightedRoundRobin.WeightKey] = pair.url.Weight.ToString(CultureInfo.InvariantCulture) },
                },
                StringComparer.Ordinal);
    }

    private static IEnumerable<RouteConfig> RoutesFor(PublicRoute route)
        => (route.HasPrefix ? Prefixes : [""]).Select(prefix => new RouteConfig
        {
            RouteId = $"{prefix}{route.Path} {(route.Methods is null ? "any" : string.Join(',', route.Methods))}",
            ClusterId = route.Service,
            Match = new RouteMatch { Path = $"{prefix}{route.Path}{(route.HasRest ? "/{**rest}" : "")}", Methods = route.Methods },
            AuthorizationPolicy = route.Policy,
            Metadata = MetadataOf(route),
            Transforms = prefix.Length == 0 ? null : [new Dictionary<string, string> { ["PathRemovePrefix"] = prefix }],
        });

    private static Dictionary<string, string> MetadataOf(PublicRoute route)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (route.IsShared)
        {
            metadata[Shared] = "true";
        }

        if (route.ChangesShared)
        {
            metadata[ChangesShared] = "true";
        }

        return metadata;
    }
}
