namespace Dapr.Actors.Client;

/// <summary>Makes proxies by which actors are called.</summary>
public interface IActorProxyFactory
{
    /// <summary>A proxy that implements an actor interface.</summary>
    TActorInterface CreateActorProxy<TActorInterface>(ActorId actorId, string actorType, ActorProxyOptions? options = null)
        where TActorInterface : IActor;

    /// <summary>A proxy that implements an actor interface.</summary>
    object CreateActorProxy(ActorId actorId, Type actorInterfaceType, string actorType, ActorProxyOptions? options = null);

    /// <summary>A proxy whose methods are called by name.</summary>
    ActorProxy Create(ActorId actorId, string actorType, ActorProxyOptions? options = null);
}
