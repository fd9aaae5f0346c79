namespace Tandem.Components.PubSub;

/// <summary>A message broker. It moves bytes; CloudEvents, routing and dead letters are the runtime's.</summary>
public interface IPubSub
{
    /// <summary>Publishes one message. A return means that the broker has it as durably as it can.</summary>
    ValueTask PublishAsync(PublishRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Starts to deliver a topic to <paramref name="handler"/> as a member of a consumer group, until the result is disposed
    /// (which waits for handlers that run). A message is done only when the handler answered <see cref="MessageDisposition.Done"/>.
    /// </summary>
    ValueTask<IAsyncDisposable> SubscribeAsync(SubscribeRequest request, MessageHandler handler, CancellationToken cancellationToken);
}

/// <summary>A broker that takes several messages for a topic in one step, all or none.</summary>
public interface IBulkPublisher
{
    /// <summary>Publishes all messages; each names the same topic.</summary>
    ValueTask PublishManyAsync(IReadOnlyList<PublishRequest> requests, CancellationToken cancellationToken);
}

/// <summary>
/// A broker that reads in order and would hand over one message after the other, but several at once where a subscription bundles them
/// (<see cref="SubscribeRequest.AtOnce"/>). As in Dapr, the entries of such a bundle are called by their place in it.
/// </summary>
public interface IBulkSubscriber;

/// <summary>A broker whose subscriptions may name many topics at once, such as <c>orders.*</c> (capability SUBSCRIBE_WILDCARDS).</summary>
public interface IWildcardSubscriber;

/// <summary>Handles one delivered message; an exception counts as <see cref="MessageDisposition.Retry"/>.</summary>
public delegate ValueTask<MessageDisposition> MessageHandler(Message message, CancellationToken cancellationToken);

/// <summary>What the component is to do with a delivered message.</summary>
public enum MessageDisposition
{
    /// <summary>Handled (or dropped, or dead-lettered): never deliver it to this consumer group again.</summary>
    Done,

    /// <summary>Not handled: deliver it again later.</summary>
    Retry,
}

/// <summary>A message to publish.</summary>
/// <param name="Data">The bytes as they travel: a CloudEvent in JSON, or a raw payload.</param>
/// <param name="Metadata">The publisher's metadata, among it <c>partitionKey</c> and <c>ttlInSeconds</c>.</param>
public sealed record PublishRequest(string Topic, ReadOnlyMemory<byte> Data, string? ContentType, IReadOnlyDictionary<string, string> Metadata);

/// <summary>A subscription's wish.</summary>
/// <param name="ConsumerGroup">Members of one group share the topic's messages; each group gets all of them.</param>
public sealed record SubscribeRequest(string Topic, string ConsumerGroup, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>How many messages the handler waits for at once: more than one for a subscription that bundles them.</summary>
    public int AtOnce { get; init; } = 1;
}

/// <summary>A delivered message.</summary>
/// <param name="Metadata">What the broker knows of it; never <see langword="null"/>.</param>
public sealed record Message(string Topic, ReadOnlyMemory<byte> Data, string? ContentType, IReadOnlyDictionary<string, string> Metadata);
