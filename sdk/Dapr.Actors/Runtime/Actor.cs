using Dapr.Actors.Client;
using Microsoft.Extensions.Logging;

namespace Dapr.Actors.Runtime;

/// <summary>The base of actors. One turn at a time runs in an actor; its state is saved when the turn ends well.</summary>
public abstract partial class Actor
{
    /// <summary>Makes the actor in its surroundings.</summary>
    protected Actor(ActorHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        Host = host;
        StateManager = new ActorStateManager(host, TimeProvider.System);
        Logger = host.LoggerFactory.CreateLogger(GetType());
    }

    /// <summary>The actor's id.</summary>
    public ActorId Id => Host.Id;

    /// <summary>The actor's surroundings.</summary>
    public ActorHost Host { get; }

    /// <summary>Where proxies of other actors come from.</summary>
    public IActorProxyFactory ProxyFactory => Host.ProxyFactory;

    /// <summary>The actor's state.</summary>
    public IActorStateManager StateManager { get; protected set; }

    /// <summary>The actor's logger.</summary>
    protected ILogger Logger { get; }

    private string TypeName => Host.ActorTypeInfo.ActorTypeName;

    /// <summary>Saves the changes of the state now, and not only when the turn ends.</summary>
    protected Task SaveStateAsync() => StateManager.SaveStateAsync();

    /// <summary>Runs before the actor's first turn.</summary>
    protected virtual Task OnActivateAsync() => Task.CompletedTask;

    /// <summary>Runs after the actor's last turn; changes of the state are not saved any more.</summary>
    protected virtual Task OnDeactivateAsync() => Task.CompletedTask;

    /// <summary>Runs in the turn, before its method.</summary>
    protected virtual Task OnPreActorMethodAsync(ActorMethodContext actorMethodContext) => Task.CompletedTask;

    /// <summary>Runs in the turn, after its method and before the state is saved; not when the method threw.</summary>
    protected virtual Task OnPostActorMethodAsync(ActorMethodContext actorMethodContext) => Task.CompletedTask;

    /// <summary>Runs in the turn when its method threw, after the changes of the state were forgotten.</summary>
    protected virtual Task OnActorMethodFailedAsync(ActorMethodContext actorMethodContext, Exception e) => Task.CompletedTask;

    internal async Task ActivateAsync()
    {
        await OnActivateAsync().ConfigureAwait(false);
        await SaveStateAsync().ConfigureAwait(false);
    }

    internal Task DeactivateAsync() => OnDeactivateAsync();

    internal Task PreMethodAsync(ActorMethodContext context) => OnPreActorMethodAsync(context);

    internal async Task PostMethodAsync(ActorMethodContext context)
    {
        await OnPostActorMethodAsync(context).ConfigureAwait(false);
        await SaveStateAsync().ConfigureAwait(false);
    }

    internal async Task MethodFailedAsync(ActorMethodContext context, Exception failure)
    {
        await StateManager.ClearCacheAsync().ConfigureAwait(false);
        await OnActorMethodFailedAsync(context, failure).ConfigureAwait(false);
    }
}
