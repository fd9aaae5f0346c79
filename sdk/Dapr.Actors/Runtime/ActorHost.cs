using System.Text.Json;
using Dapr.Actors.Client;
using Microsoft.Extensions.Logging;

namespace Dapr.Actors.Runtime;

/// <summary>What an actor gets from its surroundings; every actor's constructor takes one.</summary>
public sealed class ActorHost
{
    internal ActorHost(ActorTypeInformation actorTypeInfo, ActorId id, JsonSerializerOptions jsonSerializerOptions, ILoggerFactory loggerFactory, IActorProxyFactory proxyFactory, ActorTimerManager timerManager, ActorStateStore? stateStore)
    {
        ActorTypeInfo = actorTypeInfo;
        Id = id;
        JsonSerializerOptions = jsonSerializerOptions;
        LoggerFactory = loggerFactory;
        ProxyFactory = proxyFactory;
        TimerManager = timerManager;
        StateStore = stateStore;
    }

    /// <summary>The actor type.</summary>
    public ActorTypeInformation ActorTypeInfo { get; }

    /// <summary>The actor's id.</summary>
    public ActorId Id { get; }

    /// <summary>Where loggers come from.</summary>
    public ILoggerFactory LoggerFactory { get; }

    /// <summary>The options that values are serialized with.</summary>
    public JsonSerializerOptions JsonSerializerOptions { get; }

    /// <summary>Where proxies of other actors come from.</summary>
    public IActorProxyFactory ProxyFactory { get; }

    /// <summary>Registers timers and reminders.</summary>
    public ActorTimerManager TimerManager { get; }

    internal ActorStateStore? StateStore { get; }

    /// <summary>A host for an actor in a unit test.</summary>
    public static ActorHost CreateForTest<TActor>(ActorTestOptions? options = null)
        where TActor : Actor
        => CreateForTest(typeof(TActor), null, options);

    /// <summary>A host for an actor of a named type in a unit test.</summary>
    public static ActorHost CreateForTest<TActor>(string? actorTypeName, ActorTestOptions? options = null)
        where TActor : Actor
        => CreateForTest(typeof(TActor), actorTypeName, options);

    /// <summary>A host for an actor in a unit test.</summary>
    public static ActorHost CreateForTest(Type actorType, ActorTestOptions? options = null) => CreateForTest(actorType, null, options);

    /// <summary>A host for an actor of a named type in a unit test.</summary>
    public static ActorHost CreateForTest(Type actorType, string? actorTypeName, ActorTestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(actorType);
        options ??= new ActorTestOptions();
        return new ActorHost(
            ActorTypeInformation.Get(actorType, actorTypeName),
            options.ActorId,
            options.JsonSerializerOptions,
            options.LoggerFactory,
            options.ProxyFactory,
            options.TimerManager,
            stateStore: null);
    }
}
