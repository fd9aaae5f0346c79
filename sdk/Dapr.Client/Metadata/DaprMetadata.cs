namespace Dapr.Client;

/// <summary>What the sidecar says of itself.</summary>
public sealed class DaprMetadata(string id, IReadOnlyList<DaprActorMetadata> actors, IReadOnlyDictionary<string, string> extended, IReadOnlyList<DaprComponentsMetadata> components)
{
    /// <summary>The app id.</summary>
    public string Id { get; } = id;

    /// <summary>The actor types that the app hosts, and how many of each are active.</summary>
    public IReadOnlyList<DaprActorMetadata> Actors { get; } = actors;

    /// <summary>What was set with <see cref="DaprClient.SetMetadataAsync"/>, and what the sidecar adds.</summary>
    public IReadOnlyDictionary<string, string> Extended { get; } = extended;

    /// <summary>The components that the app can use.</summary>
    public IReadOnlyList<DaprComponentsMetadata> Components { get; } = components;
}

/// <summary>The active actors of one type.</summary>
public sealed class DaprActorMetadata(string type, int count)
{
    /// <summary>The actor type.</summary>
    public string Type { get; } = type;

    /// <summary>How many are active.</summary>
    public int Count { get; } = count;
}

/// <summary>One component.</summary>
public sealed class DaprComponentsMetadata(string name, string type, string version, string[] capabilities)
{
    /// <summary>The component's name.</summary>
    public string Name { get; } = name;

    /// <summary>Its type, such as <c>state.redis</c>.</summary>
    public string Type { get; } = type;

    /// <summary>Its version, such as <c>v1</c>.</summary>
    public string Version { get; } = version;

    /// <summary>What it can do, such as <c>ETAG</c>.</summary>
    public string[] Capabilities { get; } = capabilities;
}
