using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Tandem.ServiceDefaults;

/// <summary>What every service of the mesh has in common, in three calls.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds the listener, logs, problem details, JSON settings, health, metrics, traces, OpenAPI, the sidecar's client, authentication and its policies, the audit log.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="appId">The app id.</param>
    /// <param name="defaultPort">The port to listen on when neither APP_PORT nor PORT says otherwise.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string appId, int defaultPort)
    {
        builder.Services.AddSingleton(new ServiceInfo(appId));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddListener(defaultPort);
        builder.AddServiceLogging();
        builder.Services.AddServiceJson();
        builder.Services.AddServiceProblems();
        builder.Services.AddInternalOperations();
        builder.Services.AddServiceHealth();
        builder.Services.AddServiceMetrics();
        builder.AddServiceTracing(appId);
        builder.AddSidecarClient();
        builder.Services.AddServiceAuth();
        builder.Services.AddAuditing();
        builder.Services.AddServiceValidation();
        builder.Services.AddServiceOpenApi(appId);
        return builder;
    }

    /// <summary>The pipeline: request log, errors, readiness, CloudEvents, authentication, auditing, authorization. Call it before mapping endpoints.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        app.UseMiddleware<RequestLogMiddleware>();
        app.UseServiceProblems();
        app.UseMiddleware<ReadinessMiddleware>();

        // Endpoints of MapEvents read the whole envelope; everybody else gets the data alone, as Dapr's own middleware gives it.
        app.UseWhen(
            static context => !context.Request.Path.StartsWithSegments(EventEndpoints.Prefix),
            static branch => branch.UseCloudEvents());
        app.UseRouting();
        app.Use(RequestNames.InvokeAsync);
        app.UsePrivateAnswers();
        app.UseAuthentication();
        app.UseAuditing();
        app.UseAuthorization();
        app.UseMiddleware<IdempotencyMiddleware>();
        return app;
    }

    /// <summary>Maps /health, /health/ready, /health/live, /metrics, /openapi/v1.json and /dapr/subscribe; with gRPC its health and reflection too.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapServiceHealth();
        app.MapServiceMetrics();
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapSubscribeHandler().AllowAnonymous();
        app.MapServiceGrpc();
        return app;
    }
}
