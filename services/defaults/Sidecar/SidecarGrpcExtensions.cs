using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Tandem.ServiceDefaults;

/// <summary>gRPC clients of other services, behind the sidecar.</summary>
public static class SidecarGrpcExtensions
{
    private const string DefaultPort = "50001";

    /// <summary>Adds a generated client whose calls the sidecar proxies to another service.</summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="appId">The other service's app id.</param>
    /// <param name="create">Makes the client.</param>
    public static IServiceCollection AddServiceGrpcClient<TClient>(this IServiceCollection services, string appId, Func<CallInvoker, TClient> create)
        where TClient : ClientBase
    {
        services.TryAddSingleton(static provider => new SidecarChannel(Connect(provider)));
        return services.AddSingleton(provider => create(provider.GetRequiredService<SidecarChannel>().Invoke(appId, ApiTokenOf(provider))));
    }

    /// <summary>Adds a client of another service of which there are two: <see cref="ServiceCallOptions"/> says which is taken.</summary>
    public static IServiceCollection AddServiceCalls<TClient, TOverHttp, TOverGrpc>(this IServiceCollection services)
        where TClient : class
        where TOverHttp : class, TClient
        where TOverGrpc : class, TClient
    {
        services.AddOptions<ServiceCallOptions>().BindConfiguration("ServiceCalls").ValidateOnStart();
        services.TryAddSingleton<TOverGrpc>();
        return services.AddSingleton<TClient>(static provider
            => provider.GetRequiredService<IOptions<ServiceCallOptions>>().Value.Protocol == ServiceCallProtocol.Grpc
                ? provider.GetRequiredService<TOverGrpc>()
                : provider.GetRequiredService<TOverHttp>());
    }

    private static GrpcChannel Connect(IServiceProvider provider)
    {
        var configuration = provider.GetRequiredService<IConfiguration>();
        var address = configuration["DAPR_GRPC_ENDPOINT"] is { Length: > 0 } endpoint
            ? endpoint
            : $"http://127.0.0.1:{(configuration["DAPR_GRPC_PORT"] is { Length: > 0 } port ? port : DefaultPort)}";
        return GrpcChannel.ForAddress(address, new GrpcChannelOptions { LoggerFactory = provider.GetRequiredService<ILoggerFactory>() });
    }

    private static string? ApiTokenOf(IServiceProvider provider) => provider.GetRequiredService<IConfiguration>()["DAPR_API_TOKEN"];

    /// <summary>One channel for all clients: HTTP/2 carries their calls side by side.</summary>
    private sealed class SidecarChannel(GrpcChannel channel) : IDisposable
    {
        public CallInvoker Invoke(string appId, string? apiToken) => channel.CreateCallInvoker().Intercept(metadata =>
        {
            metadata.Add("dapr-app-id", appId);
            if (!string.IsNullOrEmpty(apiToken))
            {
                metadata.Add("dapr-api-token", apiToken);
            }

            return metadata;
        });

        public void Dispose() => channel.Dispose();
    }
}
