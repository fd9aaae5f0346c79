using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tandem.ServiceDefaults;

/// <summary>/health says how each dependency is, /health/ready whether requests are served, /health/live whether the process lives.</summary>
internal static class HealthEndpoints
{
    internal const string ReadyTag = "ready";

    public static void AddServiceHealth(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>();
        services.AddHealthChecks().AddCheck<StartedCheck>("started", tags: [ReadyTag]);
    }

    public static void MapServiceHealth(this WebApplication app)
    {
        Map("/health", static _ => true);
        Map("/health/ready", static check => check.Tags.Contains(ReadyTag));
        Map("/health/live", static _ => false);

        void Map(string path, Func<HealthCheckRegistration, bool> which)
            => app.MapHealthChecks(path, new HealthCheckOptions { Predicate = which, ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteString("status", NameOf(report.Status));
        writer.WriteString("service", context.RequestServices.GetRequiredService<ServiceInfo>().AppId);
        writer.WriteStartObject("checks");
        foreach (var (name, entry) in report.Entries)
        {
            writer.WriteStartObject(name);
            writer.WriteString("status", NameOf(entry.Status));
            writer.WriteNumber("durationMs", Math.Round(entry.Duration.TotalMilliseconds, 2));
            if (entry.Description is { } description)
            {
                writer.WriteString("description", description);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
    }

    private static string NameOf(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };

    private sealed class StartedCheck(Readiness readiness) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
            => Task.FromResult(readiness.IsReady
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"Waiting for {string.Join(", ", readiness.Pending)}."));
    }
}
