using Dapr;
using Dapr.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the Dapr client.</summary>
public static class DaprServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="DaprClient"/>, unless there is one already.</summary>
    public static void AddDaprClient(this IServiceCollection services, Action<DaprClientBuilder>? configure = null, ServiceLifetime lifetime = ServiceLifetime.Singleton)
        => services.AddDaprClient((_, builder) => configure?.Invoke(builder), lifetime);

    /// <summary>Adds a <see cref="DaprClient"/> that is configured with the help of other services, unless there is one already.</summary>
    public static void AddDaprClient(this IServiceCollection services, Action<IServiceProvider, DaprClientBuilder> configure, ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.TryAdd(new ServiceDescriptor(typeof(DaprClient), provider => Create(provider, configure), lifetime));
    }

    private static DaprClient Create(IServiceProvider provider, Action<IServiceProvider, DaprClientBuilder> configure)
    {
        var configuration = provider.GetService<IConfiguration>();
        var builder = new DaprClientBuilder()
            .UseHttpEndpoint(DaprDefaults.GetHttpEndpoint(configuration))
            .UseGrpcEndpoint(DaprDefaults.GetGrpcEndpoint(configuration));
        if (DaprDefaults.GetApiToken(configuration) is { } token)
        {
            builder.UseDaprApiToken(token);
        }

        configure(provider, builder);
        return builder.Build();
    }
}
