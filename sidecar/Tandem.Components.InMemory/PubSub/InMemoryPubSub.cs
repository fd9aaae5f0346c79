using Microsoft.Extensions.Logging;
using Tandem.Components.PubSub;

namespace Tandem.Components.InMemory.PubSub;

/// <summary><c>pubsub.in-memory</c>: messages reach the groups that are subscribed at the moment; nothing survives the process.</summary>
internal sealed class InMemoryPubSub(InMemoryPubSubOptions options, TimeProvider timeProvider, ILogger<InMemoryPubSub> logger)
    : IPubSub, IBulkPublisher, IWildcardSubscriber, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Topic, string Group), InMemoryGroup> _groups = [];

    /// <inheritdoc/>
    public ValueTask PublishAsync(PublishRequest request, CancellationToken cancellationToken) => PublishManyAsync([request], cancellationToken);

    /// <inheritdoc/>
    public ValueTask PublishManyAsync(IReadOnlyList<PublishRequest> requests, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            foreach (var request in requests)
            {
                // The publisher's buffer may be reused once this returns.
                var data = request.Data.ToArray();
                foreach (var (key, group) in _groups)
                {
                    if (IsFor(key.Topic, request.Topic))
                    {
                        // Named as the subscription names it, as daprd does: dead letters and rules know that name.
                        group.Add(new Message(key.Topic, data, request.ContentType, request.Metadata));
                    }
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> SubscribeAsync(SubscribeRequest request, MessageHandler handler, CancellationToken cancellationToken)
    {
        var key = (request.Topic, request.ConsumerGroup);
        lock (_lock)
        {
            if (!_groups.TryGetValue(key, out var group))
            {
                _groups[key] = group = new InMemoryGroup();
            }

            group.Members++;
            return ValueTask.FromResult<IAsyncDisposable>(
                new InMemorySubscription(group, handler, options, timeProvider, logger, onClosed: () => Leave(key, group)));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            foreach (var group in _groups.Values)
            {
                group.Close();
            }

            _groups.Clear();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A subscription to <c>orders.*</c> or <c>*</c> takes every topic that goes on behind what stands before the star.</summary>
    private static bool IsFor(string subscribed, string topic)
        => subscribed == topic
            || (subscribed.EndsWith('*') && topic.Length >= subscribed.Length && topic.AsSpan().StartsWith(subscribed.AsSpan(0, subscribed.Length - 1), StringComparison.Ordinal));

    private void Leave((string Topic, string Group) key, InMemoryGroup group)
    {
        lock (_lock)
        {
            if (--group.Members == 0)
            {
                _groups.Remove(key);
            }
        }
    }
}
