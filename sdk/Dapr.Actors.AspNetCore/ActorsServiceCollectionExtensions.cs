using Dapr;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers actors.</summary>
public static class ActorsServiceCollectionExtensions
{
    /// <summary>Adds the actors that the app hosts, and the factory of proxies by which it calls actors.</summary>
    public static void AddActors(this IServiceCollection services, Action<ActorRuntimeOptions>? configure, ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        services.AddHealthChecks();
        services.AddOptions<ActorRuntimeOptions>().Configure<IServiceProvider>(static (options, provider) =>
        {
            var configuration = provider.GetService<IConfiguration>();
            options.HttpEndpoint = DaprDefaults.GetHttpEndpoint(configuration);
            options.DaprApiToken = DaprDefaults.GetApiToken(configuration);
        });
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton<ActorActivatorFactory, DependencyInjectionActorActivatorFactory>();
        services.TryAddSingleton(static provider => new ActorRuntime(
            provider.GetRequiredService<IOptions<ActorRuntimeOptions>>().Value,
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<ActorActivatorFactory>(),
            CreateProxyFactory(provider)));
        services.TryAdd(new ServiceDescriptor(typeof(IActorProxyFactory), CreateProxyFactory, lifetime));
    }

    private static ActorProxyFactory CreateProxyFactory(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ActorRuntimeOptions>>().Value;
        return new ActorProxyFactory(new ActorProxyOptions
        {
            HttpEndpoint = options.HttpEndpoint ?? DaprDefaults.GetHttpEndpoint(),
            DaprApiToken = options.DaprApiToken,
            JsonSerializerOptions = options.JsonSerializerOptions,
            UseJsonSerialization = options.UseJsonSerialization,
        });
    }
}
