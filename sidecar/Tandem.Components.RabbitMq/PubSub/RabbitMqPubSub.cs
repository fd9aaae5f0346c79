using Microsoft.Extensions.Logging;
using Tandem.Components.PubSub;
using Tandem.Components.RabbitMq.Connection;

namespace Tandem.Components.RabbitMq.PubSub;

/// <summary><c>pubsub.rabbitmq</c>: an exchange for each topic, a queue for each subscription, as Dapr lays them out.</summary>
internal sealed class RabbitMqPubSub(RabbitMqPubSubOptions options, BrokerConnection connection, TimeProvider timeProvider, ILogger<RabbitMqPubSub> logger)
    : IPubSub, IBulkPublisher, IInitializable, IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly Publisher _publisher = new(connection, options);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken) => await connection.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask PublishAsync(PublishRequest request, CancellationToken cancellationToken) => _publisher.PublishAsync(request, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>When one of them fails, others may be there: whoever publishes them all again may have some twice.</remarks>
    public ValueTask PublishManyAsync(IReadOnlyList<PublishRequest> requests, CancellationToken cancellationToken)
        => _publisher.PublishManyAsync(requests, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> SubscribeAsync(SubscribeRequest request, MessageHandler handler, CancellationToken cancellationToken)
    {
        var subscription = new QueueSubscription(
            connection, new QueueTopology(options, request), options, handler, timeProvider, logger, _closing.Token);
        try
        {
            await subscription.StartAsync(cancellationToken);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _publisher.DisposeAsync();
        await connection.DisposeAsync();
    }
}
