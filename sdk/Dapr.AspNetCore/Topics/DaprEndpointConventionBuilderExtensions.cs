using Dapr;
using Dapr.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Subscribes endpoints to topics.</summary>
public static class DaprEndpointConventionBuilderExtensions
{
    /// <summary>The endpoint takes the events of a topic.</summary>
    public static T WithTopic<T>(this T builder, string pubsubName, string name)
        where T : IEndpointConventionBuilder
        => builder.WithTopic(pubsubName, name, enableRawPayload: false, metadata: null!);

    /// <summary>The endpoint takes the events of a topic, subscribed with metadata.</summary>
    public static T WithTopic<T>(this T builder, string pubsubName, string name, IDictionary<string, string> metadata)
        where T : IEndpointConventionBuilder
        => builder.WithTopic(pubsubName, name, enableRawPayload: false, metadata);

    /// <summary>The endpoint takes the events of a topic, with or without envelope.</summary>
    public static T WithTopic<T>(this T builder, string pubsubName, string name, bool enableRawPayload)
        where T : IEndpointConventionBuilder
        => builder.WithTopic(pubsubName, name, enableRawPayload, metadata: null!);

    /// <summary>The endpoint takes the events of a topic, with or without envelope, subscribed with metadata.</summary>
    public static T WithTopic<T>(this T builder, string pubsubName, string name, bool enableRawPayload, IDictionary<string, string> metadata)
        where T : IEndpointConventionBuilder
        => builder.WithTopic(new TopicOptions { PubsubName = pubsubName, Name = name, EnableRawPayload = enableRawPayload, Metadata = metadata });

    /// <summary>The endpoint takes the events of a topic.</summary>
    public static T WithTopic<T>(this T builder, TopicOptions topicOptions)
        where T : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(topicOptions);
        ArgumentException.ThrowIfNullOrEmpty(topicOptions.PubsubName);
        ArgumentException.ThrowIfNullOrEmpty(topicOptions.Name);

        builder.WithMetadata(new TopicAttribute(topicOptions.PubsubName, topicOptions.Name, topicOptions.DeadLetterTopic, topicOptions.EnableRawPayload, topicOptions.OwnedMetadatas, topicOptions.MetadataSeparator)
        {
            Match = topicOptions.Match,
            Priority = topicOptions.Priority,
        });

        foreach (var (name, value) in topicOptions.Metadata ?? new Dictionary<string, string>())
        {
            builder.WithMetadata(new TopicMetadataAttribute(name, value));
        }

        return builder;
    }

    /// <summary>The endpoint takes events of its topic many at a time.</summary>
    public static T WithBulkSubscribe<T>(this T builder, BulkSubscribeTopicOptions bulkSubscribeTopicOptions)
        where T : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(bulkSubscribeTopicOptions);
        ArgumentException.ThrowIfNullOrEmpty(bulkSubscribeTopicOptions.TopicName);
        builder.WithMetadata(new BulkSubscribeAttribute(bulkSubscribeTopicOptions.TopicName, bulkSubscribeTopicOptions.MaxMessagesCount, bulkSubscribeTopicOptions.MaxAwaitDurationMs));
        return builder;
    }
}
