using Dapr;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Tells the sidecar what the app subscribes to.</summary>
public static class DaprEndpointRouteBuilderExtensions
{
    /// <summary>Answers <c>GET /dapr/subscribe</c> with the topics of the app's endpoints.</summary>
    public static IEndpointConventionBuilder MapSubscribeHandler(this IEndpointRouteBuilder endpoints) => endpoints.MapSubscribeHandler(new SubscribeOptions());

    /// <summary>Answers <c>GET /dapr/subscribe</c> with the topics of the app's endpoints.</summary>
    public static IEndpointConventionBuilder MapSubscribeHandler(this IEndpointRouteBuilder endpoints, SubscribeOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.MapGet("dapr/subscribe", context =>
        {
            var sources = context.RequestServices.GetRequiredService<EndpointDataSource>();
            var logger = context.RequestServices.GetService<ILoggerFactory>()?.CreateLogger("Dapr.Subscriptions") ?? NullLogger.Instance;
            var subscriptions = SubscriptionTable.Build(sources.Endpoints, options, logger);
            return context.Response.WriteAsJsonAsync(subscriptions, SubscriptionJson.Default.ListSubscription, cancellationToken: context.RequestAborted);
        }).ExcludeFromDescription();
    }
}
