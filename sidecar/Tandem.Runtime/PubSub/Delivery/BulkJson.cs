using System.Buffers;
using System.Text.Json;
using Tandem.Runtime.PubSub.CloudEvents;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.PubSub.Delivery;

/// <summary>The JSON in which several events reach an app that speaks HTTP, and that of its answer.</summary>
internal static class BulkJson
{
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<BulkEntry> entries, SubscriptionResource subscription)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, Guid.NewGuid());
            writer.WriteStartArray("entries"u8);
            foreach (var entry in entries)
            {
                writer.WriteStartObject();
                writer.WriteString("entryId"u8, entry.Id);
                writer.WritePropertyName("event"u8);
                writer.WriteRawValue(entry.Event.Body.Span, skipInputValidation: true);
                writer.WriteString("contentType"u8, CloudEventWriter.CloudEventsType);
                writer.WriteStartObject("metadata"u8);
                foreach (var (name, value) in entry.Event.Metadata)
                {
                    writer.WriteString(name, value);
                }

                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartObject("metadata"u8);
            writer.WriteString("pubsubName"u8, subscription.PubSubName);
            writer.WriteEndObject();
            writer.WriteString("topic"u8, subscription.Topic);
            writer.WriteString("pubsubname"u8, subscription.PubSubName);
            writer.WriteString("type"u8, "com.dapr.event.sent.bulk"u8);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    public static BulkDelivery Read(int status, byte[] body)
        => status is >= 200 and < 300
            ? new(new DeliveryResult(DeliveryStatus.Success, status, ""), ReadStatuses(status, body))
            : BulkDelivery.Failed(DeliveryResult.Read(status, body));

    private static Dictionary<string, DeliveryResult> ReadStatuses(int status, byte[] body)
    {
        var results = new Dictionary<string, DeliveryResult>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(body);
            foreach (var entry in document.RootElement.GetProperty("statuses").EnumerateArray())
            {
                results[entry.GetProperty("entryId").GetString() ?? ""] = DeliveryResult.ReadWord(status, entry.GetProperty("status").GetString());
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // No list of statuses: every entry is tried again.
            results.Clear();
        }

        return results;
    }
}
