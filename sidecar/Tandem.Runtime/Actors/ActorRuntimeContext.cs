using Microsoft.Extensions.Logging;
using Tandem.Components.NameResolution;
using Tandem.Components.State;
using Tandem.Runtime.Actors.Placement;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Peers;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.Actors;

/// <summary>All that the actors of one sidecar are made from.</summary>
public sealed record ActorRuntimeContext
{
    /// <summary>The sidecar's app ID; actor state is kept under it.</summary>
    public required string AppId { get; init; }

    /// <summary>The sidecar's namespace; actors are placed inside it.</summary>
    public required string Namespace { get; init; }

    /// <summary>The way to the app.</summary>
    public required IAppChannel App { get; init; }

    /// <summary>The way to other sidecars.</summary>
    public required IPeerChannel Peers { get; init; }

    /// <summary>The sidecars of this process.</summary>
    public required ActorDirectory Directory { get; init; }

    /// <summary>The sidecars of the machine.</summary>
    public required INameResolver NameResolver { get; init; }

    /// <summary>The policies for calls of actors; <see langword="null"/> for none.</summary>
    public ResiliencyPolicies? Resiliency { get; init; }

    /// <summary>The state store marked <c>actorStateStore</c>; <see langword="null"/> when there is none.</summary>
    public ActorStateStore? StateStore { get; init; }

    /// <summary>Where actors are counted; <see langword="null"/> when they are not.</summary>
    public SidecarMetrics? Metrics { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Where the actors log to.</summary>
    public required ILoggerFactory LoggerFactory { get; init; }
}

/// <summary>The state store of actors.</summary>
/// <param name="Name">The component's name.</param>
/// <param name="Store">The component.</param>
public sealed record ActorStateStore(string Name, IStateStore Store)
{
    /// <summary>The store's transactions; without them it cannot keep actors.</summary>
    internal ITransactionalStateStore? Transactions => Store as ITransactionalStateStore;

    /// <summary>The store's list of keys; without it reminders are not found again.</summary>
    internal IKeyListingStateStore? Keys => Store as IKeyListingStateStore;
}
