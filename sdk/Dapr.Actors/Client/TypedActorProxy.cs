using System.Collections.Concurrent;
using System.Reflection;

namespace Dapr.Actors.Client;

/// <summary>Implements an actor interface by calling the actor. What is known of each interface is worked out once.</summary>
public class TypedActorProxy : DispatchProxy, IActorProxy
{
    private static readonly ConcurrentDictionary<Type, ActorProxyInterface> Interfaces = new();

    private ActorChannel _channel = null!;
    private ActorProxyInterface _interface = null!;

    /// <inheritdoc />
    public ActorId ActorId => _channel.ActorId;

    /// <inheritdoc />
    public string ActorType => _channel.ActorType;

    internal static object Create(Type actorInterface, ActorChannel channel)
    {
        var shape = Interfaces.GetOrAdd(actorInterface, static type => new ActorProxyInterface(type));
        var proxy = (TypedActorProxy)DispatchProxy.Create(actorInterface, typeof(TypedActorProxy));
        proxy._channel = channel;
        proxy._interface = shape;
        return proxy;
    }

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        => _interface.Find(targetMethod!).Call(_channel, args ?? []);
}
