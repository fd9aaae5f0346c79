using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;
using Yarp.ReverseProxy;

namespace Tandem.Gateway;

/// <summary>/admin: how the gateway and the services behind it are, for admins.</summary>
internal static class AdminEndpoints
{
    private static readonly string Version = typeof(AdminEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin").WithTags("Admin").RequireAuthorization(Policies.Admin);
        group.MapGet("/status", GetStatus).Describe("How the gateway is");
        group.MapGet("/services", GetServices).Describe("Each service: how it is reached, its health and its circuit");
        group.MapGet("/loadbalancer/{service}", GetLoadBalancer).Describe("How a service's requests are spread, and what each instance was given");
        group.MapGet("/circuitbreaker/{service}", GetCircuitBreaker).Describe("A service's circuit, and when it opens");
        return group;
    }

    private static async Task<Ok<GatewayStatus>> GetStatus(
        ServiceHealthMonitor monitor, ServiceCircuits circuits, RateLimitOptions limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var services = await monitor.AskAsync(cancellationToken);
        var startedAt = new DateTimeOffset(Process.GetCurrentProcess().StartTime).ToUniversalTime();
        return TypedResults.Ok(new GatewayStatus(
            services.All(static service => service.Status == "healthy") ? "healthy" : "degraded",
            Version,
            startedAt,
            Math.Round((time.GetUtcNow() - startedAt).TotalSeconds, 1),
            services.Count(static service => service.Status == "healthy"),
            services.Count,
            [.. services.Select(static service => service.Name).Where(name => circuits.Find(name)?.Status.State is "open" or "half_open")],
            new RateLimitStatus(limit.Enabled, limit.Requests, limit.Window.TotalSeconds, limit.Burst)));
    }

    private static async Task<Ok<IReadOnlyList<ServiceStatus>>> GetServices(
        GatewayOptions options, ServiceHealthMonitor monitor, ServiceCircuits circuits, CancellationToken cancellationToken)
    {
        var health = (await monitor.AskAsync(cancellationToken)).ToDictionary(static service => service.Name, StringComparer.Ordinal);
        return TypedResults.Ok<IReadOnlyList<ServiceStatus>>([.. options.Services.Select(service => health.TryGetValue(service.Name, out var known)
            ? new ServiceStatus(service.Name, service.Enabled, service.Via, UrlsOf(service), known.Status, known.LatencyMs, known.Detail, circuits.Find(service.Name)?.Status.State)
            : new ServiceStatus(service.Name, service.Enabled, service.Via, UrlsOf(service), "disabled", null, null, null))]);
    }

    private static Results<Ok<LoadBalancerStatus>, ProblemHttpResult> GetLoadBalancer(string service, GatewayOptions options, IProxyStateLookup proxy, RequestCounts counts)
    {
        if (Find(options, service) is not { } found || !proxy.TryGetCluster(service, out var cluster))
        {
            return Unknown(service);
        }

        return TypedResults.Ok(new LoadBalancerStatus(
            service, options.LoadBalancerEnabled, options.LoadBalancerStrategy, found.Via,
            [.. cluster.Destinations.Values.OrderBy(static instance => instance.DestinationId, StringComparer.Ordinal).Select(instance => new InstanceStatus(
                instance.Model.Config.Address,
                int.TryParse(instance.Model.Config.Metadata?.GetValueOrDefault(WeightedRoundRobin.WeightKey), out var weight) ? weight : 1,
                instance.ConcurrentRequestCount,
                counts.Of(service, instance.DestinationId)))]));
    }

    private static Results<Ok<CircuitBreakerStatus>, ProblemHttpResult> GetCircuitBreaker(string service, GatewayOptions options, CircuitBreakerOptions settings, ServiceCircuits circuits)
    {
        if (Find(options, service) is null)
        {
            return Unknown(service);
        }

        var status = circuits.Find(service)?.Status ?? new CircuitStatus("closed", 0, null, null);
        return TypedResults.Ok(new CircuitBreakerStatus(
            service, settings.Enabled, status.State, status.Openings, status.OpenedAt, status.NextAttemptAt,
            settings.MaxRequests, CircuitBreakerOptions.FailureRatio, settings.Interval.TotalSeconds, settings.Timeout.TotalSeconds));
    }

    private static ServiceOptions? Find(GatewayOptions options, string service)
        => options.Services.FirstOrDefault(known => known.Enabled && known.Name.Equals(service, StringComparison.Ordinal));

    private static string[] UrlsOf(ServiceOptions service) => [.. service.Urls.Select(static url => url.Url.ToString())];

    private static ProblemHttpResult Unknown(string service) => Problems.Of(StatusCodes.Status404NotFound, $"There is no service \"{service}\" behind this gateway.");
}
