using Dapr.AppCallback.Autogen.Grpc.v1;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.AppChannel.Grpc;

/// <summary>Reads the subscriptions that an app lists over gRPC.</summary>
internal static class TopicSubscriptions
{
    private const int DefaultCount = 100;
    private const int DefaultAwait = 1000;

    /// <exception cref="AppAnswerException">It names no topic or no pub/sub component.</exception>
    public static SubscriptionResource Read(TopicSubscription subscription)
    {
        if (subscription.Topic.Length == 0)
        {
            throw new AppAnswerException("a subscription has no topic");
        }

        if (subscription.PubsubName.Length == 0)
        {
            throw new AppAnswerException($"the subscription to '{subscription.Topic}' has no pubsub_name");
        }

        return new SubscriptionResource
        {
            Id = new ResourceId("ListTopicSubscriptions", 0, "Subscription", subscription.Topic),
            PubSubName = subscription.PubsubName,
            Topic = subscription.Topic,
            Rules = subscription.Routes is { } routes ? [.. routes.Rules.Select(static rule => new RouteRule(rule.Match, rule.Path))] : [],
            DefaultRoute = subscription.Routes?.Default is { Length: > 0 } route ? route : null,
            DeadLetterTopic = subscription.DeadLetterTopic is { Length: > 0 } deadLetterTopic ? deadLetterTopic : null,
            Metadata = new Dictionary<string, string>(subscription.Metadata, StringComparer.OrdinalIgnoreCase),
            BulkSubscribe = subscription.BulkSubscribe is { Enabled: true } bulk
                ? new BulkSubscribeOptions(Positive(bulk.MaxMessagesCount, DefaultCount), TimeSpan.FromMilliseconds(Positive(bulk.MaxAwaitDurationMs, DefaultAwait)))
                : null,
        };
    }

    private static int Positive(int value, int defaultValue) => value > 0 ? value : defaultValue;
}
