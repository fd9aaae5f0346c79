namespace Tandem.Runtime.Resources;

/// <summary>All resources that concern one sidecar: what its scopes do not exclude.</summary>
public sealed record ResourceSet
{
    /// <summary>The components, in the order of files and documents.</summary>
    public required IReadOnlyList<ComponentResource> Components { get; init; }

    /// <summary>The names of components that are there, but whose scopes exclude this sidecar's app.</summary>
    public IReadOnlySet<string> ComponentsOfOtherApps { get; init; } = new HashSet<string>();

    /// <summary>The declarative subscriptions.</summary>
    public required IReadOnlyList<SubscriptionResource> Subscriptions { get; init; }

    /// <summary>The resiliency policies; all of them apply, a later one wins where two name the same.</summary>
    public required IReadOnlyList<ResiliencyResource> Resiliencies { get; init; }

    /// <summary>HTTP endpoints that can be invoked by name.</summary>
    public required IReadOnlyList<HttpEndpointResource> HttpEndpoints { get; init; }

    /// <summary>The sidecar's configuration, from the files of <c>--config</c>.</summary>
    public required ConfigurationResource Configuration { get; init; }
}

/// <summary>A Component.</summary>
public sealed record ComponentResource
{
    /// <summary>Where it stands.</summary>
    public required ResourceId Id { get; init; }

    /// <summary>Its name.</summary>
    public string Name => Id.Name;

    /// <summary>Its type, such as <c>state.sqlite</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Its type's version.</summary>
    public required string Version { get; init; }

    /// <summary>Whether the sidecar starts without it when it cannot be made.</summary>
    public bool IgnoreErrors { get; init; }

    /// <summary>How long its initialisation may take.</summary>
    public TimeSpan InitTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Its settings, secrets not yet resolved.</summary>
    public required IReadOnlyList<MetadataEntry> Metadata { get; init; }

    /// <summary>The secret store that <c>secretKeyRef</c> reads from.</summary>
    public string? SecretStore { get; init; }

    /// <summary>The apps that see it; empty for all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}

/// <summary>One setting of a component: a text, or where to take it from.</summary>
public sealed record MetadataEntry(string Name, string? Value, string? SecretName = null, string? SecretKey = null, string? EnvironmentVariable = null);

/// <summary>A Subscription of either version.</summary>
public sealed record SubscriptionResource
{
    /// <summary>Where it stands.</summary>
    public required ResourceId Id { get; init; }

    /// <summary>The pub/sub component.</summary>
    public required string PubSubName { get; init; }

    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Routing rules in order; the first that matches decides.</summary>
    public IReadOnlyList<RouteRule> Rules { get; init; } = [];

    /// <summary>Where events go that no rule matches.</summary>
    public string? DefaultRoute { get; init; }

    /// <summary>Where events go that cannot be delivered.</summary>
    public string? DeadLetterTopic { get; init; }

    /// <summary>Settings for the component, among them <c>rawPayload</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>How to bundle deliveries; <see langword="null"/> for one by one.</summary>
    public BulkSubscribeOptions? BulkSubscribe { get; init; }

    /// <summary>The apps it is for; empty for all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}

/// <summary>One routing rule: a CEL expression over <c>event</c>, and a path.</summary>
public sealed record RouteRule(string Match, string Path);

/// <summary>How deliveries are bundled.</summary>
public sealed record BulkSubscribeOptions(int MaxMessagesCount, TimeSpan MaxAwait);
