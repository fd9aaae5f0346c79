using Microsoft.Extensions.Logging;
using Tandem.Components.Kafka.Client;
using Tandem.Components.Kafka.Consuming;
using Tandem.Components.Kafka.Producing;
using Tandem.Components.PubSub;

namespace Tandem.Components.Kafka.PubSub;

/// <summary><c>pubsub.kafka</c>: topics as they are called, headers and keys as Dapr writes them.</summary>
internal sealed class KafkaPubSub(KafkaClient client, ILogger<KafkaPubSub> logger) : IPubSub, IBulkPublisher, IBulkSubscriber, IInitializable, IAsyncDisposable
{
    private readonly ConsumerGroups _groups = new(client, logger);

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => client.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask PublishAsync(PublishRequest request, CancellationToken cancellationToken) => new(client.Producer.SendAsync(RecordOf(request), cancellationToken));

    /// <inheritdoc/>
    public ValueTask PublishManyAsync(IReadOnlyList<PublishRequest> requests, CancellationToken cancellationToken)
        => new(client.Producer.SendAsync([.. requests.Select(RecordOf)], cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> SubscribeAsync(SubscribeRequest request, MessageHandler handler, CancellationToken cancellationToken)
    {
        OutgoingRecord.CheckSchema(request.Metadata);
        return await _groups.SubscribeAsync(request.ConsumerGroup, request.Topic, handler, request.AtOnce, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _groups.DisposeAsync();
        await client.DisposeAsync();
    }

    private OutgoingRecord RecordOf(PublishRequest request) => OutgoingRecord.Create(request.Topic, request.Data, request.Metadata, client.Options);
}
