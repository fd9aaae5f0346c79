using System.Globalization;
using Tandem.ServiceDefaults;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Tandem.Gateway;

/// <summary>The gateway's routes and clusters: which path goes to which service, and who may take it.</summary>
internal static class ProxyConfiguration
{
    /// <summary>The metadata of a cluster that is reached through the sidecar.</summary>
    public const string ThroughSidecar = "through-sidecar";

    private const string Anonymous = "anonymous";
    private static readonly string[] Prefixes = ["/api/v1", "/api"];
    private static readonly string[] ReadMethods = ["GET", "HEAD"];
    private static readonly string[] WriteMethods = ["POST", "PUT", "PATCH", "DELETE"];

    /// <summary>
    /// What is open to everybody is open here; the rest needs a user here, and the service behind decides what that user may do.
    /// </summary>
    private static readonly PublicRoute[] Routes =
    [
        new("identity", "auth", Anonymous),
        new("identity", "users", Policies.User),
        new("product", "products", Anonymous, ReadMethods),
        new("product", "products", Policies.Admin, WriteMethods),
        new("basket", "baskets", Policies.User),
        new("order", "orders", Policies.User),
        new("payment", "payments", Policies.User),
        new("notification", "notifications", Policies.User),
        new("analytics", "analytics", Policies.Admin),
    ];

    public static IReadOnlyList<RouteConfig> RoutesOf(GatewayOptions options)
    {
        var enabled = options.Services.Where(static service => service.Enabled).Select(static service => service.Name).ToHashSet(StringComparer.Ordinal);
        List<RouteConfig> routes = [.. Routes.Where(route => enabled.Contains(route.Service)).SelectMany(RoutesFor)];
        if (enabled.Contains("identity"))
        {
            routes.Add(new RouteConfig
            {
                RouteId = "jwks",
                ClusterId = "identity",
                Match = new RouteMatch { Path = "/.well-known/jwks.json", Methods = ReadMethods },
                AuthorizationPolicy = Anonymous,
            });
        }

        // A user's orders and payments are theirs who keep them, although the path begins with users.
        routes.AddRange(OfUsers("order", "orders", enabled));
        routes.AddRange(OfUsers("payment", "payments", enabled));
        return routes;
    }

    public static IReadOnlyList<ClusterConfig> ClustersOf(GatewayOptions options)
        => [.. options.Services.Where(static service => service.Enabled).Select(service => new ClusterConfig
        {
            ClusterId = service.Name,
            LoadBalancingPolicy = options.LoadBalancingPolicy,
            Destinations = DestinationsOf(service, options),
            Metadata = service.Urls.Count == 0 ? new Dictionary<string, string> { [ThroughSidecar] = "true" } : null,
            HttpRequest = new ForwarderRequestConfig
            {
                Version = System.Net.HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,

                // Of silence: a stream that sends a heartbeat every 15 seconds goes on as long as it likes.
                ActivityTimeout = TimeSpan.FromSeconds(30),
            },
            HttpClient = new HttpClientConfig { MaxConnectionsPerServer = 512 },
        })];

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
        => Prefixes.Select(prefix => new RouteConfig
        {
            RouteId = $"{prefix}/{route.Path} {(route.Methods is null ? "any" : string.Join(',', route.Methods))}",
            ClusterId = route.Service,
            Match = new RouteMatch { Path = $"{prefix}/{route.Path}/{{**rest}}", Methods = route.Methods },
            AuthorizationPolicy = route.Policy,
            Transforms = [new Dictionary<string, string> { ["PathRemovePrefix"] = prefix }],
        });

    private static IEnumerable<RouteConfig> OfUsers(string service, string what, HashSet<string> enabled)
        => enabled.Contains(service)
            ? Prefixes.Select(prefix => new RouteConfig
            {
                RouteId = $"{prefix}/users/…/{what}",
                ClusterId = service,
                Match = new RouteMatch { Path = $"{prefix}/users/{{userId}}/{what}" },
                AuthorizationPolicy = Policies.User,
                Transforms = [new Dictionary<string, string> { ["PathRemovePrefix"] = prefix }],
            })
            : [];

    private sealed record PublicRoute(string Service, string Path, string Policy, IReadOnlyList<string>? Methods = null);
}
