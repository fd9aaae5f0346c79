using System.Text.Json;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.AppChannel;

/// <summary>Reads the subscriptions in an app's answer to <c>/dapr/subscribe</c>.</summary>
internal static class SubscriptionJson
{
    /// <exception cref="FormatException">It names no topic or no pub/sub component.</exception>
    public static SubscriptionResource Read(JsonElement item)
    {
        var rules = new List<RouteRule>();
        var defaultRoute = Text(item, "route");
        if (item.TryGetProperty("routes", out var routes) && routes.ValueKind is JsonValueKind.Object)
        {
            defaultRoute = Text(routes, "default") ?? defaultRoute;
            if (routes.TryGetProperty("rules", out var list) && list.ValueKind is JsonValueKind.Array)
            {
                rules.AddRange(list.EnumerateArray().Select(static rule => new RouteRule(Text(rule, "match") ?? "", Text(rule, "path") ?? "")));
            }
        }

        var topic = Text(item, "topic") ?? throw new FormatException("a subscription has no topic");
        return new SubscriptionResource
        {
            Id = new ResourceId("/dapr/subscribe", 0, "Subscription", topic),
            PubSubName = Text(item, "pubsubname") ?? throw new FormatException($"the subscription to '{topic}' has no pubsubname"),
            Topic = topic,
            Rules = rules,
            DefaultRoute = defaultRoute,
            DeadLetterTopic = Text(item, "deadLetterTopic") is { Length: > 0 } deadLetterTopic ? deadLetterTopic : null,
            Metadata = ReadMetadata(item),
            BulkSubscribe = ReadBulk(item),
        };
    }

    private static Dictionary<string, string> ReadMetadata(JsonElement item)
        => item.TryGetProperty("metadata", out var metadata) && metadata.ValueKind is JsonValueKind.Object
            ? metadata.EnumerateObject().ToDictionary(static property => property.Name, static property => property.Value.ToString(), StringComparer.OrdinalIgnoreCase)
            : [];

    private static BulkSubscribeOptions? ReadBulk(JsonElement item)
        => item.TryGetProperty("bulkSubscribe", out var bulk) && bulk.ValueKind is JsonValueKind.Object && bulk.TryGetProperty("enabled", out var enabled) && enabled.ValueKind is JsonValueKind.True
            ? new BulkSubscribeOptions(Number(bulk, "maxMessagesCount", 100), TimeSpan.FromMilliseconds(Number(bulk, "maxAwaitDurationMs", 1000)))
            : null;

    private static int Number(JsonElement element, string name, int defaultValue)
        => element.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) && number > 0 ? number : defaultValue;

    private static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
