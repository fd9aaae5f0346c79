using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Spans go out by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT says where. The trace context travels in any case: ASP.NET Core reads it, HttpClient
/// passes it on, and the outbox keeps it beside each event.
/// </summary>
internal static class Tracing
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddServiceTracing(this WebApplicationBuilder builder, string appId)
    {
        if (string.IsNullOrEmpty(builder.Configuration[Endpoint]))
        {
            return;
        }

        // What OpenTelemetry says about requests, as tags of ASP.NET Core's own spans.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", isEnabled: false);
        var share = RootSampler.ShareOf(builder.Configuration);
        builder.Services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateDefault().AddService(appId, serviceNamespace: "tandem"))
            .SetSampler(new ParentBasedSampler(new RootSampler(share)))
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Tandem.*")
            .AddOtlpExporter()
            .Build());
        builder.Services.AddHostedService<TracerLifetime>();
    }

    /// <summary>Makes the provider at the start; the container flushes it at the end.</summary>
    private sealed class TracerLifetime(TracerProvider provider) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            provider.ForceFlush((int)TimeSpan.FromSeconds(2).TotalMilliseconds);
            return Task.CompletedTask;
        }
    }
}
