using Grpc.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tandem.Grpc.Server;

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Adds gRPC's reflection.</summary>
    public static class GrpcReflectionServiceExtensions
    {
        /// <summary>Adds the reflection services over all services that are mapped.</summary>
        public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
        {
            ArgumentNullException.ThrowIfNull(services);
            services.TryAddSingleton<MappedServices>();
            // Made with the first call: all services are mapped then.
            services.TryAddSingleton(static provider => new ReflectionServiceImpl(provider.GetRequiredService<MappedServices>().Descriptors));
            services.TryAddSingleton(static provider => new ReflectionV1ServiceImpl(provider.GetRequiredService<MappedServices>().Descriptors));
            return services;
        }
    }
}

namespace Microsoft.AspNetCore.Builder
{
    /// <summary>Maps gRPC's reflection.</summary>
    public static class GrpcReflectionEndpointRouteBuilderExtensions
    {
        /// <summary>Maps <c>grpc.reflection.v1alpha.ServerReflection</c> and <c>grpc.reflection.v1.ServerReflection</c>.</summary>
        public static IEndpointConventionBuilder MapGrpcReflectionService(this IEndpointRouteBuilder builder)
        {
            builder.MapGrpcService<ReflectionV1ServiceImpl>();
            return builder.MapGrpcService<ReflectionServiceImpl>();
        }
    }
}
