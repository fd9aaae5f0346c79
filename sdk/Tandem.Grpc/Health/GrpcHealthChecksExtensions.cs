using Grpc.AspNetCore.HealthChecks;
using Grpc.AspNetCore.Server;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Adds gRPC's health service over ASP.NET's health checks.</summary>
    public static class GrpcHealthChecksServiceExtensions
    {
        /// <summary>Adds the health service; the whole server is the service with the empty name.</summary>
        public static IHealthChecksBuilder AddGrpcHealthChecks(this IServiceCollection services)
        {
            ArgumentNullException.ThrowIfNull(services);
            services.TryAddSingleton<HealthServiceImpl>();
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IHealthCheckPublisher, GrpcHealthChecksPublisher>());
            services.AddOptions<GrpcHealthChecksOptions>();
            return services.AddHealthChecks();
        }

        /// <summary>Adds the health service with settings.</summary>
        public static IHealthChecksBuilder AddGrpcHealthChecks(this IServiceCollection services, Action<GrpcHealthChecksOptions> configure)
        {
            services.Configure(configure);
            return services.AddGrpcHealthChecks();
        }
    }
}

namespace Microsoft.AspNetCore.Builder
{
    /// <summary>Maps gRPC's health service.</summary>
    public static class GrpcHealthChecksEndpointRouteBuilderExtensions
    {
        /// <summary>Maps <c>grpc.health.v1.Health</c>.</summary>
        public static GrpcServiceEndpointConventionBuilder MapGrpcHealthChecksService(this IEndpointRouteBuilder builder) => builder.MapGrpcService<GrpcHealthChecksService>();
    }
}
