namespace Dapr.Actors.Runtime;

/// <summary>Makes actors whose constructor takes an <see cref="ActorHost"/> and nothing else.</summary>
public class DefaultActorActivator : ActorActivator
{
    /// <inheritdoc />
    public override Task<ActorActivatorState> CreateAsync(ActorHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return Task.FromResult(new ActorActivatorState((Actor)Activator.CreateInstance(host.ActorTypeInfo.ImplementationType, host)!));
    }

    /// <inheritdoc />
    public override async Task DeleteAsync(ActorActivatorState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        switch (state.Actor)
        {
            case IAsyncDisposable asyncDisposable:
                await asyncDisposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }
}

/// <summary>Makes <see cref="DefaultActorActivator"/>s.</summary>
public class DefaultActorActivatorFactory : ActorActivatorFactory
{
    /// <inheritdoc />
    public override ActorActivator CreateActivator(ActorTypeInformation type) => new DefaultActorActivator();
}
