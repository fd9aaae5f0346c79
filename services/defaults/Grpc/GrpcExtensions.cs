using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Tandem.ServiceDefaults;

/// <summary>gRPC for a service: its port, its errors, its health, in one call.</summary>
public static class GrpcExtensions
{
    private const int LargestMessage = 4 * 1024 * 1024;

    /// <summary>
    /// Adds gRPC beside HTTP, under the same rules: the port GRPC_PORT (HTTP/2 without TLS, on the addresses that HTTP listens on), problems as
    /// statuses with details, idempotency keys. Call it after <see cref="ServiceDefaultsExtensions.AddServiceDefaults"/>; map the services with
    /// <c>app.MapGrpcService</c>, with an authorization policy on each class or method.
    /// <para>The health service answers as /health/ready does. Reflection is there in development, and with GRPC_REFLECTION=true.</para>
    /// <para>The service's HTTP port takes gRPC too: a sidecar knows one port of its app and proxies gRPC to that one.</para>
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="defaultPort">The port to listen on when GRPC_PORT does not say otherwise.</param>
    public static WebApplicationBuilder AddServiceGrpc(this WebApplicationBuilder builder, int defaultPort)
    {
        builder.AddGrpcListener(defaultPort);
        builder.Services.AddGrpc(static options =>
        {
            options.MaxReceiveMessageSize = LargestMessage;
            options.EnableDetailedErrors = false;

            // A route for any POST of two segments would make HTTP's 405 a 404; clients read that 404 as UNIMPLEMENTED.
            options.IgnoreUnknownServices = true;
            options.Interceptors.Add<CallInterceptor>();
        });
        builder.Services.AddGrpcHealthChecks(static options => options.Services.Map("", static check => check.Tags.Contains(HealthEndpoints.ReadyTag)));

        // Who watches hears of it then; Check runs the checks itself. Earlier, a start that takes its time would be logged as a failure.
        builder.Services.Configure<HealthCheckPublisherOptions>(static options =>
        {
            options.Delay = TimeSpan.FromSeconds(30);
            options.Predicate = static check => check.Tags.Contains(HealthEndpoints.ReadyTag);
        });
        if (HasReflection(builder))
        {
            builder.Services.AddGrpcReflection();
        }

        builder.Services.AddSingleton(new ServiceGrpc(HasReflection(builder)));
        builder.Services.AddScoped(static services => new GrpcIdempotency(
            services.GetRequiredService<Database>(), services.GetRequiredService<Idempotency>(), services.GetRequiredService<KeyedLocks>()));
        return builder;
    }

    /// <summary>Maps the health service and, where it was added, reflection, for anyone.</summary>
    internal static void MapServiceGrpc(this WebApplication app)
    {
        if (app.Services.GetService<ServiceGrpc>() is not { } grpc)
        {
            return;
        }

        app.MapGrpcHealthChecksService().AllowAnonymous();
        if (grpc.HasReflection)
        {
            app.MapGrpcReflectionService().AllowAnonymous();
        }
    }

    private static bool HasReflection(WebApplicationBuilder builder)
        => builder.Environment.IsDevelopment() || string.Equals(builder.Configuration["GRPC_REFLECTION"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>There when the service speaks gRPC.</summary>
    private sealed record ServiceGrpc(bool HasReflection);
}
