using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tandem.ServiceDefaults;

namespace Tandem.Gateway;

/// <summary>/health/detailed, and the services' part in /health.</summary>
internal static class HealthEndpoints
{
    public static void AddServicesHealth(this IServiceCollection services)
    {
        services.AddSingleton<ServiceHealthMonitor>();
        services.AddHealthChecks().AddCheck<ServicesHealthCheck>("services");
    }

    public static IEndpointRouteBuilder MapDetailedHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/detailed", Get).WithTags("Health").AllowAnonymous().Describe("Every service, and how long its answer took");
        return routes;
    }

    private static async Task<Ok<DetailedHealth>> Get(ServiceHealthMonitor monitor, CancellationToken cancellationToken)
    {
        var services = await monitor.AskAsync(cancellationToken);
        return TypedResults.Ok(new DetailedHealth(
            services.All(static service => service.Status == "healthy") ? "healthy" : "degraded", "gateway", services));
    }

    internal sealed record DetailedHealth(string Status, string Service, IReadOnlyList<ServiceHealth> Services);

    /// <summary>A gateway before a service that is down still serves the others.</summary>
    private sealed class ServicesHealthCheck(ServiceHealthMonitor monitor) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var down = (await monitor.AskAsync(cancellationToken)).Where(static service => service.Status != "healthy").Select(static service => service.Name).ToList();
            return down.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded($"Not ready: {string.Join(", ", down)}.");
        }
    }
}
