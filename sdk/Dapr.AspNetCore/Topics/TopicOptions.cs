namespace Dapr;

/// <summary>A subscription of an endpoint, in full.</summary>
public class TopicOptions
{
#pragma warning disable CA1051 // The official member is a field.
    /// <summary>What goes to the component with the subscription.</summary>
    public IDictionary<string, string>? Metadata;
#pragma warning restore CA1051

    /// <summary>The topic.</summary>
    public string? Name { get; set; }

    /// <summary>The pub/sub component.</summary>
    public string? PubsubName { get; set; }

    /// <summary>Whether events come as they are in the broker.</summary>
    public bool EnableRawPayload { get; set; }

    /// <summary>A CEL expression; only events that it is true for come here.</summary>
    public string? Match { get; set; }

    /// <summary>The order in which rules are tried, lowest first.</summary>
    public int Priority { get; set; }

    /// <summary>The ids of the metadata entries that belong to this topic.</summary>
    public string[]? OwnedMetadatas { get; set; }

    /// <summary>What separates several values of one name.</summary>
    public string? MetadataSeparator { get; set; }

    /// <summary>Where events go that could not be handled.</summary>
    public string? DeadLetterTopic { get; set; }
}
