using Dapr;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Unwraps CloudEvents for endpoints.</summary>
public static class DaprApplicationBuilderExtensions
{
    /// <summary>Requests that carry a CloudEvent reach their endpoint with its data as the body.</summary>
    public static IApplicationBuilder UseCloudEvents(this IApplicationBuilder builder) => builder.UseCloudEvents(new CloudEventsMiddlewareOptions());

    /// <summary>Requests that carry a CloudEvent reach their endpoint with its data as the body.</summary>
    public static IApplicationBuilder UseCloudEvents(this IApplicationBuilder builder, CloudEventsMiddlewareOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return builder.UseMiddleware<CloudEventsMiddleware>(options);
    }
}
