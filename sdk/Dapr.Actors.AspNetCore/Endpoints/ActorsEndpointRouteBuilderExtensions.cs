using Dapr.Actors.AspNetCore;
using Dapr.Actors.Runtime;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Lets the sidecar reach the app's actors.</summary>
public static class ActorsEndpointRouteBuilderExtensions
{
    /// <summary>Maps <c>/dapr/config</c>, <c>/actors/…</c> and <c>/healthz</c>; what is said of the result holds for all of them.</summary>
    public static IEndpointConventionBuilder MapActorsHandlers(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var runtime = endpoints.ServiceProvider.GetService<ActorRuntime>()
            ?? throw new InvalidOperationException("There are no actors to map: call services.AddActors(…) first.");
        var handler = new ActorEndpointHandler(runtime, endpoints.ServiceProvider.GetRequiredService<ILogger<ActorRuntime>>());
        return new EndpointConventions(
        [
            endpoints.MapGet("dapr/config", handler.ConfigAsync).WithDisplayName("Dapr actors: configuration"),
            endpoints.MapDelete("actors/{actorTypeName}/{actorId}", handler.DeactivateAsync).WithDisplayName("Dapr actors: deactivation"),
            endpoints.MapPut("actors/{actorTypeName}/{actorId}/method/{methodName}", handler.InvokeAsync).WithDisplayName("Dapr actors: method"),
            endpoints.MapPut("actors/{actorTypeName}/{actorId}/method/remind/{reminderName}", handler.RemindAsync).WithDisplayName("Dapr actors: reminder"),
            endpoints.MapPut("actors/{actorTypeName}/{actorId}/method/timer/{timerName}", handler.FireAsync).WithDisplayName("Dapr actors: timer"),
            endpoints.MapHealthChecks("/healthz").WithDisplayName("Dapr actors: health"),
        ]);
    }

    private sealed class EndpointConventions(IEndpointConventionBuilder[] builders) : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention)
        {
            foreach (var builder in builders)
            {
                builder.Add(convention);
            }
        }

        public void Finally(Action<EndpointBuilder> finallyConvention)
        {
            foreach (var builder in builders)
            {
                builder.Finally(finallyConvention);
            }
        }
    }
}
