using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tandem.ServiceDefaults;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace Tandem.Gateway;

/// <summary>Registers the gateway's parts.</summary>
internal static class GatewayServices
{
    private static readonly string[] Exposed =
        [RequestIds.Header, "ETag", "Location", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Idempotency-Replayed"];

    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var options = GatewayOptions.Read(builder.Configuration);
        services.AddSingleton(options);
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton(new ServiceClient(options, new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })));
        services.AddTrustedProxies(builder.Configuration);
        services.AddSingleton(RateLimitOptions.Read(builder.Configuration));
        services.AddSingleton<RateLimiter>();
        services.AddServicesHealth();
        services.AddSingleton(CircuitBreakerOptions.Read(builder.Configuration));
        services.AddSingleton<ServiceCircuits>();
        services.AddSingleton<RequestCounts>();
        services.AddSingleton<ILoadBalancingPolicy, WeightedRoundRobin>();
        services.AddSingleton<IPassiveHealthCheckPolicy, UnreachableInstances>();
        services.AddSharedReads(builder.Configuration);
        services.AddAggregatedOpenApi();
        services.AddReverseProxy()
            .LoadFromMemory(ProxyConfiguration.RoutesOf(options), ProxyConfiguration.ClustersOf(options))
            .AddTransforms(context => ProxyTransforms.Apply(context, options));

        // What is passed on is written down by the service that does it.
        services.Configure<AuditOptions>(static audit => audit.Under = "/admin");
        services.Configure<KestrelServerOptions>(BodyLimit.Configure);
        services.AddCors(cors => cors.AddDefaultPolicy(policy => AllowOrigins(policy, builder.Configuration["CORS_ALLOWED_ORIGINS"])));

        // Over TLS a compressed secret beside text of an attacker's choice can be guessed by its length; the API's answers hold none.
        services.AddResponseCompression(static compression =>
        {
            compression.EnableForHttps = true;
            compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json", "image/svg+xml"];
        });
        return builder;
    }

    /// <summary>The API knows its users by bearer tokens and by no cookie, so any page may ask, and has to bring a token of its own.</summary>
    private static void AllowOrigins(Microsoft.AspNetCore.Cors.Infrastructure.CorsPolicyBuilder policy, string? origins)
    {
        policy.AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(Exposed).SetPreflightMaxAge(TimeSpan.FromHours(1));
        if (string.IsNullOrWhiteSpace(origins) || origins.Trim() == "*")
        {
            policy.AllowAnyOrigin();
            return;
        }

        policy.WithOrigins(origins.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
