namespace Tandem.Components.NameResolution;

/// <summary>How the sidecars of a machine find each other: by app ID, and by the actor types that they host.</summary>
public interface INameResolver
{
    /// <summary>Announces a sidecar until the result is disposed; a process that dies without that is forgotten after a while.</summary>
    ValueTask<INameRegistration> RegisterAsync(AppRegistration registration, CancellationToken cancellationToken);

    /// <summary>
    /// The address (<c>host:port</c>) of a sidecar of that app, one of several in turn; <see langword="null"/> when there is none.
    /// Called for every request: answers from memory where it can.
    /// </summary>
    ValueTask<string?> ResolveAsync(string appId, string appNamespace, CancellationToken cancellationToken);

    /// <summary>The addresses of all sidecars whose app hosts the actor type, in a stable order.</summary>
    ValueTask<IReadOnlyList<string>> GetActorHostsAsync(string actorType, string appNamespace, CancellationToken cancellationToken);
}

/// <summary>A sidecar's announcement; disposing it takes it back.</summary>
public interface INameRegistration : IAsyncDisposable
{
    /// <summary>Says which actor types the app hosts now; none once it went away.</summary>
    ValueTask SetActorTypesAsync(IReadOnlyList<string> actorTypes, CancellationToken cancellationToken);
}

/// <summary>What a sidecar announces.</summary>
/// <param name="Address">Where other sidecars reach it: <c>host:port</c> of its internal listener.</param>
public sealed record AppRegistration(string AppId, string AppNamespace, string Address);
