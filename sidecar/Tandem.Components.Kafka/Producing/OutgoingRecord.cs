using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Tandem.Components.Kafka.Client;

namespace Tandem.Components.Kafka.Producing;

/// <summary>A message on its way to a topic: what the publisher said beside the data is in its headers, and some of it is more than that.</summary>
/// <param name="Partition">Where the publisher wants it, or <see cref="Confluent.Kafka.Partition.Any"/>.</param>
internal readonly record struct OutgoingRecord(string Topic, Partition Partition, Message<byte[]?, byte[]?> Message)
{
    private const string Key = "partitionKey";
    private const string DeliveredKey = "__key";
    private const string PartitionNumber = "partitionNumber";
    private const string SchemaType = "valueSchemaType";

    /// <summary>Makes the record that Dapr makes: all metadata as headers, the partition key as the message's key.</summary>
    public static OutgoingRecord Create(string topic, ReadOnlyMemory<byte> data, IReadOnlyDictionary<string, string> metadata, KafkaOptions options)
    {
        TopicDirectory.CheckName(topic);
        if (options.MaxMessageBytes is { } most && data.Length > most)
        {
            throw new KafkaFaultException($"the message has {data.Length} bytes, and maxMessageBytes allows {most}");
        }

        var message = new Message<byte[]?, byte[]?> { Value = ValueOf(data) };
        var partition = Partition.Any;
        foreach (var (name, value) in metadata)
        {
            switch (name)
            {
                case Key or DeliveredKey:
                    message.Key = Encoding.UTF8.GetBytes(value);
                    break;
                case PartitionNumber:
                    partition = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                        ? number
                        : throw new KafkaFaultException($"{PartitionNumber} must be the number of a partition, not '{value}'");
                    break;
                case SchemaType:
                    CheckSchema(metadata);
                    break;
                default:
                    break;
            }

            if (options.ExcludedHeaders?.IsMatch(name) is not true)
            {
                (message.Headers ??= []).Add(name, Encoding.UTF8.GetBytes(value));
            }
        }

        return new OutgoingRecord(topic, partition, message);
    }

    /// <summary>Fails for a publisher or subscriber that wants its messages translated.</summary>
    public static void CheckSchema(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.TryGetValue(SchemaType, out var type) && !type.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            throw new KafkaFaultException($"{SchemaType} '{type}' is not supported: messages travel as they are");
        }
    }

    /// <summary>JSON's null is a message without a value: it deletes what a compacted topic has under the key.</summary>
    private static byte[]? ValueOf(ReadOnlyMemory<byte> data)
    {
        if (data.Span.SequenceEqual("null"u8))
        {
            return null;
        }

        return MemoryMarshal.TryGetArray(data, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : data.ToArray();
    }
}
