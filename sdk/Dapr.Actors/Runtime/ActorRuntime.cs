using System.Collections.Frozen;
using Dapr.Actors.Client;
using Microsoft.Extensions.Logging;

namespace Dapr.Actors.Runtime;

/// <summary>The actors that this app hosts.</summary>
public sealed class ActorRuntime
{
    private readonly ActorRuntimeOptions _options;
    private readonly FrozenDictionary<string, ActorManager> _managers;

    internal ActorRuntime(ActorRuntimeOptions options, ILoggerFactory loggerFactory, ActorActivatorFactory activatorFactory, IActorProxyFactory proxyFactory)
    {
        _options = options;
        var sidecar = Connect(options);
        var store = new ActorStateStore(sidecar, options.JsonSerializerOptions);
        var timers = new SidecarTimerManager(sidecar);
        _managers = options.Actors.ToFrozenDictionary(
            static actor => actor.Type.ActorTypeName,
            actor =>
            {
                var activator = actor.Activator ?? activatorFactory.CreateActivator(actor.Type);
                var active = new ActiveActors(activator, id => new ActorHost(actor.Type, id, options.JsonSerializerOptions, loggerFactory, proxyFactory, timers, store));
                return new ActorManager(actor, active, options.JsonSerializerOptions);
            },
            StringComparer.Ordinal);

        // A method that cannot be hosted is said at start, not at its first call.
        foreach (var manager in _managers.Values)
        {
            _ = manager.Type.Methods;
        }
    }

    /// <summary>The hosted actor types.</summary>
    public IReadOnlyList<ActorRegistration> RegisteredActors => _options.Actors;

    internal ActorRuntimeOptions Options => _options;

    internal ActorManager? Find(string actorType) => _managers.GetValueOrDefault(actorType);

    private static ActorSidecar Connect(ActorRuntimeOptions options)
    {
        var client = new HttpClient(SidecarHttp.CreateHandler());
        SidecarHttp.AddUserAgent(client.DefaultRequestHeaders);
        var endpoint = SidecarHttp.ParseEndpoint(options.HttpEndpoint ?? DaprDefaults.GetHttpEndpoint(), "HTTP");
        return new ActorSidecar(new SidecarHttp(endpoint, options.DaprApiToken, client));
    }
}
