using Tandem.Components.Metadata;

namespace Tandem.Runtime.State.Outbox;

/// <summary>What a state store's transactions publish.</summary>
/// <param name="PubSubName">The component that gets the events.</param>
/// <param name="Topic">The topic that gets the events.</param>
/// <param name="InternalPubSubName">The component that carries the events until the transaction has committed.</param>
/// <param name="DiscardsWhenMissing">Whether an event without its transaction is forgotten at once, instead of looked at again later.</param>
internal sealed record OutboxSettings(string PubSubName, string Topic, string InternalPubSubName, bool DiscardsWhenMissing)
{
    /// <summary>Reads the fields of a component; <see langword="null"/> when it has no outbox.</summary>
    /// <exception cref="ComponentMetadataException">A field cannot be used.</exception>
    public static OutboxSettings? Read(ComponentMetadata metadata)
        => metadata.GetString("outboxPublishPubsub") is { } pubSub && metadata.GetString("outboxPublishTopic") is { } topic
            ? new OutboxSettings(pubSub, topic, metadata.GetString("outboxPubsub") ?? pubSub, metadata.GetBool("outboxDiscardWhenMissingState", defaultValue: false))
            : null;

    /// <summary>The topic that carries the events until then; daprd's name for it, so that both can stand beside each other.</summary>
    public string InternalTopic(SidecarOptions options) => $"{options.Namespace}{options.AppId}{Topic}outbox";
}
