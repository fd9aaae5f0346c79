namespace Dapr;

/// <summary>The endpoint takes the events of a topic.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
#pragma warning disable CA1019 // The arguments' properties can be set too, as in the official package.
public class TopicAttribute : Attribute, ITopicMetadata, IRawTopicMetadata, IOwnedOriginalTopicMetadata, IDeadLetterTopicMetadata
{
    /// <summary>All events of a topic.</summary>
    public TopicAttribute(string pubsubName, string name, string[]? ownedMetadatas = null, string? metadataSeparator = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(pubsubName);
        ArgumentException.ThrowIfNullOrEmpty(name);
        PubsubName = pubsubName;
        Name = name;
        OwnedMetadatas = ownedMetadatas;
        MetadataSeparator = metadataSeparator;
    }

    /// <summary>All events of a topic, with or without envelope.</summary>
    public TopicAttribute(string pubsubName, string name, bool enableRawPayload, string[]? ownedMetadatas = null, string? metadataSeparator = null)
        : this(pubsubName, name, ownedMetadatas, metadataSeparator)
        => EnableRawPayload = enableRawPayload;

    /// <summary>The events of a topic that a rule is true for.</summary>
    public TopicAttribute(string pubsubName, string name, string match, int priority, string[]? ownedMetadatas = null, string? metadataSeparator = null)
        : this(pubsubName, name, ownedMetadatas, metadataSeparator)
    {
        Match = match;
        Priority = priority;
    }

    /// <summary>The events of a topic that a rule is true for, with or without envelope.</summary>
    public TopicAttribute(string pubsubName, string name, bool enableRawPayload, string match, int priority, string[]? ownedMetadatas = null, string? metadataSeparator = null)
        : this(pubsubName, name, match, priority, ownedMetadatas, metadataSeparator)
        => EnableRawPayload = enableRawPayload;

    /// <summary>All events of a topic; those that cannot be handled go to the dead-letter topic.</summary>
    public TopicAttribute(string pubsubName, string name, string? deadLetterTopic, bool enableRawPayload, string[]? ownedMetadatas = null, string? metadataSeparator = null)
        : this(pubsubName, name, enableRawPayload, ownedMetadatas, metadataSeparator)
        => DeadLetterTopic = deadLetterTopic;

    /// <inheritdoc />
    public string Name { get; set; }

    /// <inheritdoc />
    public string PubsubName { get; set; }

    /// <inheritdoc />
    public bool? EnableRawPayload { get; set; }

    /// <inheritdoc />
    public new string? Match { get; set; }

    /// <inheritdoc />
    public int Priority { get; set; }

    /// <inheritdoc />
    public string[]? OwnedMetadatas { get; set; }

    /// <inheritdoc />
    public string? MetadataSeparator { get; set; }

    /// <inheritdoc />
    public string? DeadLetterTopic { get; set; }
}
#pragma warning restore CA1019
