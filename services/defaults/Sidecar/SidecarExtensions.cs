using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Tandem.ServiceDefaults;

/// <summary>The sidecar as a service reaches it: the Dapr client, and HTTP clients for the other services behind it.</summary>
public static class SidecarExtensions
{
    /// <summary>
    /// Adds a typed client of another service: a class whose constructor takes an <see cref="HttpClient"/>, given one that invokes the
    /// service through the sidecar. Relative addresses are the other service's paths.
    /// </summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="appId">The other service's app id.</param>
    public static IServiceCollection AddServiceClient<TClient>(this IServiceCollection services, string appId)
        where TClient : class
    {
        services.AddKeyedSingleton(appId, static (provider, key) => CreateInvokeClient(provider, (string)key!));
        return services.AddSingleton(provider
            => ActivatorUtilities.CreateInstance<TClient>(provider, provider.GetRequiredKeyedService<HttpClient>(appId)));
    }

    internal static void AddSidecarClient(this WebApplicationBuilder builder)
    {
        // Where the sidecar is and which token it asks for: the client reads it from the configuration.
        builder.Services.AddDaprClient(static client => client.UseJsonSerializationOptions(ServiceJson.Options));
        builder.Services.AddHealthChecks().AddCheck<SidecarHealthCheck>("sidecar");
    }

    internal static HttpClient CreateInvokeClient(IServiceProvider provider, string appId)
    {
        var configuration = provider.GetRequiredService<IConfiguration>();
        var token = configuration["DAPR_API_TOKEN"];
        return DaprClient.CreateInvokeHttpClient(appId, SidecarAddress(configuration), string.IsNullOrEmpty(token) ? null : token);
    }

    private static string? SidecarAddress(IConfiguration configuration)
    {
        if (configuration["DAPR_HTTP_ENDPOINT"] is { Length: > 0 } endpoint)
        {
            return endpoint;
        }

        return configuration["DAPR_HTTP_PORT"] is { Length: > 0 } port ? $"http://127.0.0.1:{port}" : null;
    }
}
