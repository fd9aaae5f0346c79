using System.Collections.Concurrent;

namespace Dapr.Actors.Client;

/// <summary>Makes actor proxies that share connections to the sidecar.</summary>
public class ActorProxyFactory : IActorProxyFactory
{
    private readonly ConcurrentDictionary<(string Endpoint, string? Token, TimeSpan? Timeout), ActorSidecar> _sidecars = new();
    private readonly HttpMessageHandler _handler;
    private ActorProxyOptions _defaultOptions;

    /// <summary>A factory whose proxies have these options unless they are given others.</summary>
    public ActorProxyFactory(ActorProxyOptions? options = null, HttpMessageHandler? handler = null)
    {
        _defaultOptions = options ?? new ActorProxyOptions();
        _handler = handler ?? SidecarHttp.CreateHandler();
    }

    /// <summary>The options of proxies that are given none.</summary>
    public ActorProxyOptions DefaultOptions
    {
        get => _defaultOptions;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _defaultOptions = value;
        }
    }

    /// <inheritdoc />
    public TActorInterface CreateActorProxy<TActorInterface>(ActorId actorId, string actorType, ActorProxyOptions? options = null)
        where TActorInterface : IActor
        => (TActorInterface)CreateActorProxy(actorId, typeof(TActorInterface), actorType, options);

    /// <inheritdoc />
    public object CreateActorProxy(ActorId actorId, Type actorInterfaceType, string actorType, ActorProxyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(actorInterfaceType);
        return TypedActorProxy.Create(actorInterfaceType, Channel(actorId, actorType, options));
    }

    /// <inheritdoc />
    public ActorProxy Create(ActorId actorId, string actorType, ActorProxyOptions? options = null) => new(Channel(actorId, actorType, options));

    private ActorChannel Channel(ActorId actorId, string actorType, ActorProxyOptions? options)
    {
        ArgumentNullException.ThrowIfNull(actorId);
        ArgumentException.ThrowIfNullOrEmpty(actorType);
        options ??= DefaultOptions;
        var sidecar = _sidecars.GetOrAdd((options.HttpEndpoint, options.DaprApiToken, options.RequestTimeout), Connect);
        return new ActorChannel(sidecar, actorType, actorId, options.JsonSerializerOptions);
    }

    private ActorSidecar Connect((string Endpoint, string? Token, TimeSpan? Timeout) key)
    {
        var client = new HttpClient(_handler, disposeHandler: false);
        if (key.Timeout is { } timeout)
        {
            client.Timeout = timeout;
        }

        SidecarHttp.AddUserAgent(client.DefaultRequestHeaders);
        return new ActorSidecar(new SidecarHttp(SidecarHttp.ParseEndpoint(key.Endpoint, "HTTP"), key.Token, client));
    }
}
