using Microsoft.Extensions.Logging;
using Tandem.Components.PubSub;
using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.PubSub;

/// <summary><c>pubsub.redis</c>: a stream for each topic, a consumer group for each app, as Dapr lays them out.</summary>
internal sealed class RedisPubSub(RedisPubSubOptions options, RedisClient client, TimeProvider timeProvider, ILogger<RedisPubSub> logger)
    : IPubSub, IBulkPublisher, IInitializable, IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => client.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask PublishAsync(PublishRequest request, CancellationToken cancellationToken)
        => await client.ExecuteAsync(EntryFor(request), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask PublishManyAsync(IReadOnlyList<PublishRequest> requests, CancellationToken cancellationToken)
    {
        if (requests.Count > 0)
        {
            var results = await client.ExecuteAsync(new AddEntries([.. requests.Select(EntryFor)]), cancellationToken);
            if (results.Items.FirstOrDefault(static result => result.Kind is ReplyKind.Error) is { Kind: ReplyKind.Error } error)
            {
                throw new RedisException(error.Text);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> SubscribeAsync(SubscribeRequest request, MessageHandler handler, CancellationToken cancellationToken)
    {
        var stream = new GroupStream(client, request.Topic, request.ConsumerGroup);
        await stream.CreateGroupAsync(cancellationToken);
        return new RedisSubscription(stream, options, handler, timeProvider, logger, _closing.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await client.DisposeAsync();
    }

    private AddEntry EntryFor(PublishRequest request)
        => new(request, EntryMetadata.Write(request.Metadata), new StreamTrimming(options, options.StreamTimeToLive is null ? default : timeProvider.GetUtcNow()));
}
