namespace Dapr;

/// <summary>Endpoint metadata: the endpoint takes the events of a topic.</summary>
public interface ITopicMetadata
{
    /// <summary>The topic.</summary>
    string Name { get; }

    /// <summary>The pub/sub component.</summary>
    string PubsubName { get; }

    /// <summary>A CEL expression; only events that it is true for come here.</summary>
    string? Match { get; }

    /// <summary>The order in which rules are tried, lowest first.</summary>
    int Priority { get; }
}

/// <summary>Endpoint metadata: events come without a CloudEvents envelope.</summary>
public interface IRawTopicMetadata
{
    /// <summary>Whether events come as they are in the broker.</summary>
    bool? EnableRawPayload { get; }
}

/// <summary>Endpoint metadata: where events go that could not be handled.</summary>
public interface IDeadLetterTopicMetadata
{
    /// <summary>The dead-letter topic.</summary>
    string? DeadLetterTopic { get; }
}

/// <summary>Endpoint metadata: one entry of a subscription's metadata.</summary>
public interface IOriginalTopicMetadata
{
    /// <summary>What topics refer to it by, or null when it goes with every topic of the endpoint.</summary>
    string? Id { get; }

    /// <summary>The name.</summary>
    string Name { get; }

    /// <summary>The value.</summary>
    string Value { get; }
}

/// <summary>Endpoint metadata: which entries of metadata belong to this topic.</summary>
public interface IOwnedOriginalTopicMetadata
{
    /// <summary>The ids of the entries.</summary>
    string[]? OwnedMetadatas { get; }

    /// <summary>What separates several values of one name; a comma by default.</summary>
    string? MetadataSeparator { get; }
}
