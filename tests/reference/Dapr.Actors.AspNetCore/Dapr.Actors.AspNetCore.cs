// Dapr.Actors.AspNetCore. https://docs.dapr.io/developing-applications/sdks/dotnet/dotnet-actors/
using Dapr.Actors.Runtime;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder
{
    public static class ActorsEndpointRouteBuilderExtensions
    {
        public static IEndpointConventionBuilder MapActorsHandlers(this IEndpointRouteBuilder endpoints) => throw Signature.Only;
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    public static class ActorsServiceCollectionExtensions
    {
        public static void AddActors(this IServiceCollection services, Action<ActorRuntimeOptions> configure, ServiceLifetime lifetime = ServiceLifetime.Singleton) => throw Signature.Only;
    }
}
