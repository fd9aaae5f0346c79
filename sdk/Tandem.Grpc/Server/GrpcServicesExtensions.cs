using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tandem.Grpc.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds gRPC to a server.</summary>
public static class GrpcServicesExtensions
{
    /// <summary>Adds what gRPC services need.</summary>
    public static IGrpcServerBuilder AddGrpc(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddRouting();
        services.Configure<RouteOptions>(static options => options.SetParameterPolicy<GrpcRouteConstraint>(GrpcRouteConstraint.Name));
        services.AddOptions<GrpcServiceOptions>();
        services.TryAddSingleton<MappedServices>();
        return new GrpcServerBuilder(services);
    }

    /// <summary>Adds what gRPC services need, with settings for all.</summary>
    public static IGrpcServerBuilder AddGrpc(this IServiceCollection services, Action<GrpcServiceOptions> configureOptions)
    {
        services.Configure(configureOptions);
        return services.AddGrpc();
    }

    /// <summary>Settings of one service, in place of those of all.</summary>
    public static IGrpcServerBuilder AddServiceOptions<TService>(this IGrpcServerBuilder grpcBuilder, Action<GrpcServiceOptions<TService>> configure)
        where TService : class
    {
        grpcBuilder.Services.Configure(configure);
        return grpcBuilder;
    }

    private sealed class GrpcServerBuilder(IServiceCollection services) : IGrpcServerBuilder
    {
        public IServiceCollection Services { get; } = services;
    }
}
