using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tandem.ServiceDefaults;

/// <summary>/metrics: everything that .NET and the service measure, as Prometheus text.</summary>
internal static class MetricsExtensions
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static void AddServiceMetrics(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<MetricStore>();
        services.AddHostedService(static provider => provider.GetRequiredService<MetricStore>());
    }

    public static void MapServiceMetrics(this WebApplication app)
        => app.MapGet("/metrics", static (MetricStore store) => TypedResults.Text(PrometheusText.Write(store), ContentType))
            .AllowAnonymous()
            .ExcludeFromDescription();
}
