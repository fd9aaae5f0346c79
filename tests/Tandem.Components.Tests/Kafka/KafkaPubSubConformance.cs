using Tandem.Components.PubSub;
using Tandem.Components.Tests.PubSub;

namespace Tandem.Components.Tests.Kafka;

public sealed class KafkaPubSubConformance : PubSubConformance
{
    private protected override bool KeepsContentType => false;

    private protected override async Task<IPubSub> CreateAsync()
        => new WithFreshNames(await KafkaParts.StartPubSubAsync(await KafkaParts.SharedServerAsync()));

    /// <summary>The same topics and groups for each test, on a broker that keeps those of all.</summary>
    private sealed class WithFreshNames(IPubSub pubSub) : IPubSub, IBulkPublisher, IAsyncDisposable
    {
        private readonly string _suffix = KafkaParts.Fresh("");

        public ValueTask PublishAsync(PublishRequest request, CancellationToken cancellationToken)
            => pubSub.PublishAsync(Rename(request), cancellationToken);

        public ValueTask PublishManyAsync(IReadOnlyList<PublishRequest> requests, CancellationToken cancellationToken)
            => ((IBulkPublisher)pubSub).PublishManyAsync([.. requests.Select(Rename)], cancellationToken);

        public ValueTask<IAsyncDisposable> SubscribeAsync(SubscribeRequest request, MessageHandler handler, CancellationToken cancellationToken) => pubSub.SubscribeAsync(
            request with { Topic = request.Topic + _suffix, ConsumerGroup = request.ConsumerGroup + _suffix },
            (message, token) => handler(message with { Topic = message.Topic.Replace(_suffix, "", StringComparison.Ordinal) }, token),
            cancellationToken);

        public ValueTask DisposeAsync() => ((IAsyncDisposable)pubSub).DisposeAsync();

        private PublishRequest Rename(PublishRequest request) => request with { Topic = request.Topic + _suffix };
    }
}
