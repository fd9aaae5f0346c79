using System.Text.Json.Serialization;

namespace Dapr;

/// <summary>A subscription as the sidecar reads it.</summary>
internal sealed record Subscription
{
    [JsonPropertyName("pubsubname")]
    public required string PubsubName { get; init; }

    public required string Topic { get; init; }

    public string? Route { get; init; }

    public SubscriptionRoutes? Routes { get; init; }

    public string? DeadLetterTopic { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public SubscriptionBulk? BulkSubscribe { get; init; }
}

internal sealed record SubscriptionRoutes(IReadOnlyList<SubscriptionRule> Rules, string? Default);

internal sealed record SubscriptionRule(string Match, string Path);

internal sealed record SubscriptionBulk(bool Enabled, int MaxMessagesCount, int MaxAwaitDurationMs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(List<Subscription>))]
internal sealed partial class SubscriptionJson : JsonSerializerContext;
