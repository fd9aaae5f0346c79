using System.Text.Json;

namespace Dapr.Actors.Client;

/// <summary>Calls an actor's methods by name, with JSON arguments and results. The static members make proxies of the default factory.</summary>
public class ActorProxy : IActorProxy
{
    private readonly ActorChannel? _channel;

    internal ActorProxy(ActorChannel channel) => _channel = channel;

    /// <summary>For proxies that stand in for the real ones in tests.</summary>
    protected internal ActorProxy()
    {
    }

    /// <summary>The factory of the static members; it takes its settings from the environment.</summary>
    public static IActorProxyFactory DefaultProxyFactory { get; } = new ActorProxyFactory();

    /// <inheritdoc />
    public ActorId ActorId => Channel.ActorId;

    /// <inheritdoc />
    public string ActorType => Channel.ActorType;

    private ActorChannel Channel => _channel ?? throw new InvalidOperationException("This proxy was made without an actor; make it with an IActorProxyFactory.");

    /// <summary>A proxy that implements an actor interface.</summary>
    public static TActorInterface Create<TActorInterface>(ActorId actorId, string actorType, ActorProxyOptions? options = null)
        where TActorInterface : IActor
        => DefaultProxyFactory.CreateActorProxy<TActorInterface>(actorId, actorType, options);

    /// <summary>A proxy that implements an actor interface.</summary>
    public static object Create(ActorId actorId, Type actorInterfaceType, string actorType, ActorProxyOptions? options = null)
        => DefaultProxyFactory.CreateActorProxy(actorId, actorInterfaceType, actorType, options);

    /// <summary>A proxy whose methods are called by name.</summary>
    public static ActorProxy Create(ActorId actorId, string actorType, ActorProxyOptions? options = null)
        => DefaultProxyFactory.Create(actorId, actorType, options);

    /// <summary>Calls a method with an argument and reads its result.</summary>
    public Task<TResponse> InvokeMethodAsync<TRequest, TResponse>(string method, TRequest data, CancellationToken cancellationToken = default)
        => Channel.CallAsync<TResponse>(method, Body(data), isTyped: false, cancellationToken);

    /// <summary>Calls a method with an argument.</summary>
    public Task InvokeMethodAsync<TRequest>(string method, TRequest data, CancellationToken cancellationToken = default)
        => Channel.CallAsync(method, Body(data), isTyped: false, cancellationToken);

    /// <summary>Calls a method and reads its result.</summary>
    public Task<TResponse> InvokeMethodAsync<TResponse>(string method, CancellationToken cancellationToken = default)
        => Channel.CallAsync<TResponse>(method, null, isTyped: false, cancellationToken);

    /// <summary>Calls a method.</summary>
    public Task InvokeMethodAsync(string method, CancellationToken cancellationToken = default)
        => Channel.CallAsync(method, null, isTyped: false, cancellationToken);

    private byte[] Body<TRequest>(TRequest data) => JsonSerializer.SerializeToUtf8Bytes(data, Channel.Json);
}
