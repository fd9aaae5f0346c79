namespace Dapr.AspNetCore;

/// <summary>Endpoint metadata: events of a topic come many at a time.</summary>
public interface IBulkSubscribeMetadata
{
    /// <summary>The most events in one call.</summary>
    int MaxMessagesCount { get; }

    /// <summary>How long the sidecar waits for a call to fill, in milliseconds.</summary>
    int MaxAwaitDurationMs { get; }

    /// <summary>The topic.</summary>
    string TopicName { get; }
}

/// <summary>The endpoint takes events of a topic many at a time.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public class BulkSubscribeAttribute : Attribute, IBulkSubscribeMetadata
{
    /// <summary>At most so many events in a call, waited for at most so long.</summary>
    public BulkSubscribeAttribute(string topicName, int maxMessagesCount, int maxAwaitDurationMs)
        : this(topicName, maxMessagesCount)
        => MaxAwaitDurationMs = maxAwaitDurationMs;

    /// <summary>At most so many events in a call.</summary>
    public BulkSubscribeAttribute(string topicName, int maxMessagesCount)
        : this(topicName)
        => MaxMessagesCount = maxMessagesCount;

    /// <summary>At most 100 events in a call, waited for at most a second.</summary>
    public BulkSubscribeAttribute(string topicName)
    {
        ArgumentException.ThrowIfNullOrEmpty(topicName);
        TopicName = topicName;
    }

    /// <inheritdoc />
    public int MaxMessagesCount { get; } = 100;

    /// <inheritdoc />
    public int MaxAwaitDurationMs { get; } = 1000;

    /// <inheritdoc />
    public string TopicName { get; }
}

/// <summary>How an endpoint takes events of a topic many at a time.</summary>
public class BulkSubscribeTopicOptions
{
    /// <summary>The most events in one call.</summary>
    public int MaxMessagesCount { get; set; } = 100;

    /// <summary>How long the sidecar waits for a call to fill, in milliseconds.</summary>
    public int MaxAwaitDurationMs { get; set; } = 1000;

    /// <summary>The topic.</summary>
    public string? TopicName { get; set; }
}
