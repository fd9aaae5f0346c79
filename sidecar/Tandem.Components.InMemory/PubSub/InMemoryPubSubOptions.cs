using Tandem.Components.Metadata;

namespace Tandem.Components.InMemory.PubSub;

/// <summary>The metadata of <c>pubsub.in-memory</c>.</summary>
/// <param name="Concurrency">How many messages a subscription handles at once.</param>
/// <param name="RetryInterval">How long a message waits that was not handled.</param>
internal sealed record InMemoryPubSubOptions(int Concurrency, TimeSpan RetryInterval)
{
    public static InMemoryPubSubOptions Parse(ComponentMetadata metadata)
    {
        var concurrency = metadata.GetInt("concurrency", 16);
        return concurrency > 0
            ? new InMemoryPubSubOptions(concurrency, metadata.GetDuration("retryInterval", TimeSpan.FromSeconds(1)))
            : throw new ComponentMetadataException("concurrency", "must be greater than zero");
    }
}
