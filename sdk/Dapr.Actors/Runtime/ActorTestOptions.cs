using System.Text.Json;
using Dapr.Actors.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dapr.Actors.Runtime;

/// <summary>What an actor in a unit test gets from its surroundings; what is not set refuses to be used.</summary>
public sealed class ActorTestOptions
{
    /// <summary>The actor's id.</summary>
    public ActorId ActorId { get; set; } = ActorId.CreateRandom();

    /// <summary>Where loggers come from.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>The options that values are serialized with.</summary>
    public JsonSerializerOptions JsonSerializerOptions { get; set; } = new(JsonSerializerDefaults.Web);

    /// <summary>Where proxies of other actors come from.</summary>
    public IActorProxyFactory ProxyFactory { get; set; } = new NoProxies();

    /// <summary>Registers timers and reminders.</summary>
    public ActorTimerManager TimerManager { get; set; } = new NoTimers();

    private static InvalidOperationException Unset(string property)
        => new($"The actor was made for a test whose {nameof(ActorTestOptions)}.{property} is not set.");

    private sealed class NoProxies : IActorProxyFactory
    {
        public TActorInterface CreateActorProxy<TActorInterface>(ActorId actorId, string actorType, ActorProxyOptions? options = null)
            where TActorInterface : IActor
            => throw Unset(nameof(ProxyFactory));

        public object CreateActorProxy(ActorId actorId, Type actorInterfaceType, string actorType, ActorProxyOptions? options = null) => throw Unset(nameof(ProxyFactory));

        public ActorProxy Create(ActorId actorId, string actorType, ActorProxyOptions? options = null) => throw Unset(nameof(ProxyFactory));
    }

    private sealed class NoTimers : ActorTimerManager
    {
        public override Task RegisterReminderAsync(ActorReminder reminder) => throw Unset(nameof(TimerManager));

        public override Task<IActorReminder?> GetReminderAsync(ActorReminderToken reminder) => throw Unset(nameof(TimerManager));

        public override Task UnregisterReminderAsync(ActorReminderToken reminder) => throw Unset(nameof(TimerManager));

        public override Task RegisterTimerAsync(ActorTimer timer) => throw Unset(nameof(TimerManager));

        public override Task UnregisterTimerAsync(ActorTimerToken timer) => throw Unset(nameof(TimerManager));
    }
}
