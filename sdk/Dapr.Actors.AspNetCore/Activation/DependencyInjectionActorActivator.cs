using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Actors.Runtime;

/// <summary>Makes actors from dependency injection, each with a scope that lives as long as the actor.</summary>
internal sealed class DependencyInjectionActorActivator(IServiceProvider services, ActorTypeInformation type) : ActorActivator
{
    private readonly ObjectFactory _factory = ActivatorUtilities.CreateFactory(type.ImplementationType, [typeof(ActorHost)]);

    public override async Task<ActorActivatorState> CreateAsync(ActorHost host)
    {
        var scope = services.CreateAsyncScope();
        try
        {
            return new State((Actor)_factory(scope.ServiceProvider, [host]), scope);
        }
        catch
        {
            await scope.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async Task DeleteAsync(ActorActivatorState state)
    {
        var own = (State)state;
        try
        {
            switch (own.Actor)
            {
                case IAsyncDisposable asyncDisposable:
                    await asyncDisposable.DisposeAsync().ConfigureAwait(false);
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
        finally
        {
            await own.Scope.DisposeAsync().ConfigureAwait(false);
        }
    }

    private sealed class State(Actor actor, AsyncServiceScope scope) : ActorActivatorState(actor)
    {
        public AsyncServiceScope Scope { get; } = scope;
    }
}

internal sealed class DependencyInjectionActorActivatorFactory(IServiceProvider services) : ActorActivatorFactory
{
    public override ActorActivator CreateActivator(ActorTypeInformation type) => new DependencyInjectionActorActivator(services, type);
}
