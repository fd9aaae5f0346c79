using System.Globalization;
using System.Text.Json;
using Tandem.Components.PubSub;
using Tandem.Runtime.PubSub.CloudEvents;

namespace Tandem.Runtime.PubSub.Delivery;

/// <summary>A message as its subscriber gets it: always a CloudEvent, with what the sidecar must know of it read out.</summary>
/// <param name="Body">The CloudEvent's JSON.</param>
/// <param name="Route">Which of the subscriber's routes it takes; <see langword="null"/> when it matches none.</param>
/// <param name="IsExpired">Whether it outlived its time.</param>
public sealed record DeliveredEvent(ReadOnlyMemory<byte> Body, string? TraceParent, string? TraceState, string? Route, bool IsExpired)
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    /// <summary>The app broke the connection when it last got the event: it is sent by itself, so that others do not suffer for it.</summary>
    public bool IsSuspect { get; init; }

    /// <summary>The payload without its envelope, where the subscription is for raw payloads.</summary>
    public ReadOnlyMemory<byte>? RawPayload { get; init; }

    /// <summary>What the broker knows of the message beside its data.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = NoMetadata;

    /// <summary>Reads a message.</summary>
    /// <exception cref="FormatException">It is no JSON object, so that no subscriber can take it.</exception>
    public static DeliveredEvent Read(Message message, Subscription subscription, DateTimeOffset now)
    {
        var body = subscription.IsRaw ? CloudEventWriter.WrapRaw(subscription.PubSubName, message.Topic, message.Data.Span) : message.Data;
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object)
            {
                throw new FormatException("it is no CloudEvent but JSON of another kind");
            }

            var isExpired = DateTimeOffset.TryParse(TextOf(root, "expiration"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiration) && expiration <= now;
            return new DeliveredEvent(body, TextOf(root, "traceparent"), TextOf(root, "tracestate"), subscription.FindRoute(root), isExpired)
            {
                Metadata = message.Metadata,
                RawPayload = subscription.IsRaw ? message.Data : default(ReadOnlyMemory<byte>?),
            };
        }
        catch (JsonException exception)
        {
            throw new FormatException($"it is not valid JSON: {exception.Message}", exception);
        }
    }

    private static string? TextOf(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
