using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tandem.Runtime.Json;

namespace Tandem.Runtime.PubSub.CloudEvents;

/// <summary>What is published, before it has an envelope.</summary>
/// <param name="Metadata">The publisher's metadata; <c>cloudevent.*</c> sets attributes of the envelope.</param>
public sealed record OutgoingEvent(
    string PubSubName,
    string Topic,
    ReadOnlyMemory<byte> Data,
    string? ContentType,
    IReadOnlyDictionary<string, string> Metadata,
    string? TraceParent = null,
    string? TraceState = null);

/// <summary>Puts payloads into CloudEvents 1.0 as Dapr does, and completes CloudEvents that came as such.</summary>
public sealed class CloudEventWriter(string source, TimeProvider timeProvider)
{
    internal const string CloudEventsType = "application/cloudevents+json";
    private const string DefaultEventType = "com.dapr.event.sent";
    private const string OverridePrefix = "cloudevent.";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] Overridable = ["id", "source", "type", "subject", "time", "dataschema", "traceid", "traceparent", "tracestate"];

    /// <summary>Whether a content type says that the payload is a CloudEvent already.</summary>
    public static bool IsCloudEvent(string? contentType) => MediaType(contentType).Equals(CloudEventsType, StringComparison.OrdinalIgnoreCase);

    /// <summary>The envelope's bytes.</summary>
    /// <exception cref="FormatException">The payload says that it is a CloudEvent, and is none.</exception>
    public ReadOnlyMemory<byte> Write(OutgoingEvent outgoing)
    {
        var buffer = new ArrayBufferWriter<byte>(outgoing.Data.Length + 640);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            if (IsCloudEvent(outgoing.ContentType))
            {
                Complete(writer, outgoing);
            }
            else
            {
                Wrap(writer, outgoing);
            }
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The envelope in which a raw payload reaches its subscriber.</summary>
    public static ReadOnlyMemory<byte> WrapRaw(string pubSubName, string topic, ReadOnlySpan<byte> data)
    {
        var buffer = new ArrayBufferWriter<byte>((data.Length * 3 / 2) + 256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, Guid.NewGuid());
            writer.WriteString("specversion"u8, "1.0"u8);
            writer.WriteString("datacontenttype"u8, "application/octet-stream"u8);
            writer.WriteString("source"u8, "Dapr"u8);
            writer.WriteString("type"u8, DefaultEventType);
            writer.WriteString("topic"u8, topic);
            writer.WriteString("pubsubname"u8, pubSubName);
            writer.WriteBase64String("data_base64"u8, data);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private void Wrap(Utf8JsonWriter writer, OutgoingEvent outgoing)
    {
        var contentType = string.IsNullOrEmpty(outgoing.ContentType) ? "text/plain" : outgoing.ContentType;
        writer.WriteStartObject();
        WriteData(writer, outgoing.Data.Span, contentType);
        writer.WriteString("datacontenttype"u8, contentType);
        WriteAttribute(writer, outgoing, "id", static _ => Guid.NewGuid().ToString());
        writer.WriteString("pubsubname"u8, outgoing.PubSubName);
        WriteAttribute(writer, outgoing, "source", static self => self.Source);
        writer.WriteString("specversion"u8, "1.0"u8);
        WriteAttribute(writer, outgoing, "subject", null);
        WriteAttribute(writer, outgoing, "dataschema", null);
        WriteAttribute(writer, outgoing, "time", static self => self.Now());
        writer.WriteString("topic"u8, outgoing.Topic);
        // Dapr's traceid is the whole traceparent.
        writer.WriteString("traceid"u8, Override(outgoing, "traceid") ?? outgoing.TraceParent ?? "");
        writer.WriteString("traceparent"u8, Override(outgoing, "traceparent") ?? outgoing.TraceParent ?? "");
        writer.WriteString("tracestate"u8, Override(outgoing, "tracestate") ?? outgoing.TraceState ?? "");
        WriteAttribute(writer, outgoing, "type", static _ => DefaultEventType);
        WriteExpiration(writer, outgoing);
        writer.WriteEndObject();
    }

    private void Complete(Utf8JsonWriter writer, OutgoingEvent outgoing)
    {
        using var document = Parse(outgoing.Data);
        var given = document.RootElement;
        writer.WriteStartObject();
        foreach (var property in given.EnumerateObject())
        {
            if (property.Name is not ("pubsubname" or "topic" or "traceid" or "traceparent" or "tracestate") && Override(outgoing, property.Name) is null)
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteString("pubsubname"u8, outgoing.PubSubName);
        writer.WriteString("topic"u8, outgoing.Topic);
        WriteMissing(writer, outgoing, given, "specversion", "1.0");
        WriteMissing(writer, outgoing, given, "id", Guid.NewGuid().ToString());
        WriteMissing(writer, outgoing, given, "source", Source);
        WriteMissing(writer, outgoing, given, "type", DefaultEventType);
        WriteMissing(writer, outgoing, given, "time", Now());
        WriteMissing(writer, outgoing, given, "subject", null);
        WriteMissing(writer, outgoing, given, "dataschema", null);
        var traceParent = Override(outgoing, "traceparent") ?? TextOf(given, "traceparent") ?? outgoing.TraceParent ?? "";
        writer.WriteString("traceid"u8, Override(outgoing, "traceid") ?? TextOf(given, "traceid") ?? traceParent);
        writer.WriteString("traceparent"u8, traceParent);
        writer.WriteString("tracestate"u8, Override(outgoing, "tracestate") ?? TextOf(given, "tracestate") ?? outgoing.TraceState ?? "");
        WriteExpiration(writer, outgoing);
        writer.WriteEndObject();
    }

    private string Source { get; } = source;

    private string Now() => timeProvider.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JsonDocument Parse(ReadOnlyMemory<byte> data)
    {
        try
        {
            var document = JsonDocument.Parse(data);
            return document.RootElement.ValueKind is JsonValueKind.Object ? document : throw new FormatException("a CloudEvent is a JSON object");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"the CloudEvent is not valid JSON: {exception.Message}", exception);
        }
    }

    private static void WriteData(Utf8JsonWriter writer, ReadOnlySpan<byte> data, string contentType)
    {
        var mediaType = MediaType(contentType);
        if (IsJson(mediaType) && JsonValue.Is(data))
        {
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(data, skipInputValidation: true);
        }
        else if (mediaType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase))
        {
            writer.WriteBase64String("data_base64"u8, data);
        }
        else
        {
            // Bytes that are no UTF-8 become replacement characters, as they cannot be JSON text otherwise.
            writer.WriteString("data"u8, Encoding.UTF8.GetString(data));
        }
    }

    private void WriteAttribute(Utf8JsonWriter writer, OutgoingEvent outgoing, string name, Func<CloudEventWriter, string>? makeDefault)
    {
        if ((Override(outgoing, name) ?? makeDefault?.Invoke(this)) is { } value)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteMissing(Utf8JsonWriter writer, OutgoingEvent outgoing, JsonElement given, string name, string? defaultValue)
    {
        if (Override(outgoing, name) is { } replaced)
        {
            writer.WriteString(name, replaced);
        }
        else if (defaultValue is not null && !given.TryGetProperty(name, out _))
        {
            writer.WriteString(name, defaultValue);
        }
    }

    private void WriteExpiration(Utf8JsonWriter writer, OutgoingEvent outgoing)
    {
        if (outgoing.Metadata.TryGetValue("ttlInSeconds", out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < int.MaxValue)
        {
            writer.WriteString("expiration"u8, timeProvider.GetUtcNow().UtcDateTime.AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        }
    }

    private static string? Override(OutgoingEvent outgoing, string name)
        => outgoing.Metadata.Count > 0 && Overridable.Contains(name) && outgoing.Metadata.TryGetValue(OverridePrefix + name, out var value) && value.Length > 0 ? value : null;

    private static string? TextOf(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static ReadOnlySpan<char> MediaType(ReadOnlySpan<char> contentType)
    {
        var end = contentType.IndexOf(';');
        return (end < 0 ? contentType : contentType[..end]).Trim();
    }

    /// <summary>Whether a content type is that of JSON.</summary>
    internal static bool IsJson(string contentType) => IsJson(MediaType(contentType));

    private static bool IsJson(ReadOnlySpan<char> mediaType)
        => mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
}
