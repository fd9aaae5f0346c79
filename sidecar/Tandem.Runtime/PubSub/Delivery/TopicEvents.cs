using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Dapr.AppCallback.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Tandem.Runtime.PubSub.CloudEvents;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.PubSub.Delivery;

/// <summary>Events as the messages in which gRPC carries them: the CloudEvent's attributes in fields, all that have no field in <c>extensions</c>.</summary>
internal static class TopicEvents
{
    private const string BulkType = "com.dapr.event.sent.bulk";

    /// <summary>The message of one event.</summary>
    public static TopicEventRequest Create(DeliveredEvent cloudEvent, SubscriptionResource subscription)
    {
        using var document = JsonDocument.Parse(cloudEvent.Body);
        var attributes = new Attributes(document.RootElement);
        return new TopicEventRequest
        {
            Id = attributes.Id,
            Source = attributes.Source,
            Type = attributes.Type,
            SpecVersion = attributes.SpecVersion,
            DataContentType = attributes.ContentType,
            Data = attributes.ReadData(),
            Topic = subscription.Topic,
            PubsubName = subscription.PubSubName,
            Path = cloudEvent.Route ?? "",
            Extensions = attributes.Extensions,
        };
    }

    /// <summary>The message of several events, all for one route. Raw payloads go without an envelope.</summary>
    public static TopicEventBulkRequest CreateBulk(IReadOnlyList<BulkEntry> entries, string route, SubscriptionResource subscription)
    {
        var request = new TopicEventBulkRequest
        {
            Id = Guid.NewGuid().ToString(),
            Topic = subscription.Topic,
            PubsubName = subscription.PubSubName,
            Type = BulkType,
            Path = route,
            Metadata = { ["pubsubName"] = subscription.PubSubName },
        };
        foreach (var (id, cloudEvent) in entries)
        {
            var entry = cloudEvent.RawPayload is { } payload
                ? new TopicEventBulkRequestEntry { EntryId = id, Bytes = UnsafeByteOperations.UnsafeWrap(payload), ContentType = "application/octet-stream" }
                : new TopicEventBulkRequestEntry { EntryId = id, CloudEvent = CreateEntry(cloudEvent), ContentType = CloudEventWriter.CloudEventsType };
            foreach (var (name, value) in cloudEvent.Metadata)
            {
                entry.Metadata[name] = value;
            }

            request.Entries.Add(entry);
        }

        return request;
    }

    /// <summary>The message of one event of several.</summary>
    public static TopicEventCERequest CreateEntry(DeliveredEvent cloudEvent)
    {
        using var document = JsonDocument.Parse(cloudEvent.Body);
        var attributes = new Attributes(document.RootElement);
        return new TopicEventCERequest
        {
            Id = attributes.Id,
            Source = attributes.Source,
            Type = attributes.Type,
            SpecVersion = attributes.SpecVersion,
            DataContentType = attributes.ContentType,
            Data = attributes.ReadData(),
            Extensions = attributes.Extensions,
        };
    }

    /// <summary>A CloudEvent's attributes, whose order is anybody's.</summary>
    private readonly struct Attributes
    {
        private readonly JsonElement _data;
        private readonly JsonElement _base64;

        public Attributes(JsonElement cloudEvent)
        {
            foreach (var attribute in cloudEvent.EnumerateObject())
            {
                switch (attribute.Name)
                {
                    case "id":
                        Id = TextOf(attribute.Value);
                        break;
                    case "source":
                        Source = TextOf(attribute.Value);
                        break;
                    case "type":
                        Type = TextOf(attribute.Value);
                        break;
                    case "specversion":
                        SpecVersion = TextOf(attribute.Value);
                        break;
                    case "datacontenttype":
                        ContentType = TextOf(attribute.Value);
                        break;
                    case "data":
                        _data = attribute.Value;
                        break;
                    case "data_base64":
                        _base64 = attribute.Value;
                        break;
                    default:
                        Extensions.Fields[attribute.Name] = Translate(attribute.Value);
                        break;
                }
            }
        }

        public string Id { get; } = "";

        public string Source { get; } = "";

        public string Type { get; } = "";

        public string SpecVersion { get; } = "";

        public string ContentType { get; } = "";

        public Struct Extensions { get; } = new();

        /// <summary>The payload's bytes: JSON as it was written, the characters of a text, or what base64 stands for.</summary>
        public ByteString ReadData()
        {
            if (_base64.ValueKind is JsonValueKind.String && _base64.TryGetBytesFromBase64(out var bytes))
            {
                return UnsafeByteOperations.UnsafeWrap(bytes);
            }

            return _data.ValueKind switch
            {
                JsonValueKind.Undefined or JsonValueKind.Null => ByteString.Empty,
                JsonValueKind.String when !CloudEventWriter.IsJson(ContentType) => ByteString.CopyFrom(_data.GetString()!, Encoding.UTF8),
                _ => ByteString.CopyFrom(JsonMarshal.GetRawUtf8Value(_data)),
            };
        }

        private static string TextOf(JsonElement value) => value.ValueKind is JsonValueKind.String ? value.GetString()! : "";

        private static Value Translate(JsonElement value)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    return Value.ForString(value.GetString()!);
                case JsonValueKind.Number:
                    return Value.ForNumber(value.GetDouble());
                case JsonValueKind.True or JsonValueKind.False:
                    return Value.ForBool(value.GetBoolean());
                case JsonValueKind.Array:
                    return Value.ForList([.. value.EnumerateArray().Select(Translate)]);
                case JsonValueKind.Object:
                    var fields = new Struct();
                    foreach (var field in value.EnumerateObject())
                    {
                        fields.Fields[field.Name] = Translate(field.Value);
                    }

                    return Value.ForStruct(fields);
                default:
                    return Value.ForNull();
            }
        }
    }
}
