using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Tandem.Components.Kafka.Client;
using Tandem.Components.PubSub;

namespace Tandem.Components.Kafka.Consuming;

/// <summary>What a consumer reads, as Dapr hands it on: where it stood, its key and its headers are its metadata.</summary>
internal static class IncomingRecord
{
    private static readonly byte[] Null = "null"u8.ToArray();

    public static Delivery Read(ConsumeResult<byte[]?, byte[]?> result, KafkaOptions options, TimeProvider timeProvider)
    {
        var record = result.Message;
        var key = record.Key is null ? null : Encoding.UTF8.GetString(record.Key);

        // A broker that keeps no times has none to say: then it is when the message was read.
        var time = record.Timestamp.Type is TimestampType.NotAvailable ? timeProvider.GetUtcNow().ToUnixTimeMilliseconds() : record.Timestamp.UnixTimestampMs;
        var metadata = new Dictionary<string, string>(5 + (record.Headers?.Count ?? 0), StringComparer.OrdinalIgnoreCase)
        {
            ["__offset"] = Text(result.Offset.Value),
            ["__topic"] = result.Topic,
            ["__timestamp"] = Text(time),
            ["__partition"] = Text(result.Partition.Value),
        };
        if (key is not null)
        {
            metadata["__key"] = Escape(key, options);
        }

        foreach (var header in record.Headers ?? [])
        {
            if (options.ExcludedHeaders?.IsMatch(header.Key) is not true)
            {
                metadata[header.Key] = Escape(Encoding.UTF8.GetString(header.GetValueBytes() ?? []), options);
            }
        }

        return new Delivery(new Message(result.Topic, record.Value ?? Null, null, metadata), result.Offset.Value, key);
    }

    private static string Escape(string text, KafkaOptions options)
        => options.EscapesHeaders ? Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal) : text;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
