using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Tandem.Analytics;

/// <summary>
/// A message that nobody could handle, byte for byte as it was on its topic, and as much as can be read of it: all of a CloudEvent's envelope,
/// whatever its data is, and nothing of what is no CloudEvent.
/// </summary>
internal sealed record DeadMessage
{
    /// <summary>A CloudEvents extension attribute: how often the event was sent again. It comes back with a letter that dies once more.</summary>
    public const string RetriesAttribute = "tandemretries";

    /// <summary>Text of a sender's choice is cut where the database's columns end.</summary>
    private const int LongestText = 300;

    private DeadMessage(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>What makes it this message and no other: the event's id, or a hash of the bytes.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The CloudEvent's id; nothing when it is no CloudEvent.</summary>
    public string? EventId { get; init; }

    public string? Type { get; init; }

    public string? Subject { get; init; }

    public string? Source { get; init; }

    public DateTimeOffset? Time { get; init; }

    /// <summary>How often it had been sent again when it died; nothing when it cannot say.</summary>
    public int? Retries { get; init; }

    public static DeadMessage Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            if (document.RootElement is { ValueKind: JsonValueKind.Object } envelope
                && Text(envelope, "specversion") is not null && Text(envelope, "id") is { Length: > 0 } id && Text(envelope, "type") is { } type)
            {
                return new DeadMessage(bytes)
                {
                    Fingerprint = id.Length <= LongestText ? id : HashOf(bytes.Span),
                    EventId = Cut(id),
                    Type = Cut(type),
                    Subject = Cut(Text(envelope, "subject")),
                    Source = Cut(Text(envelope, "source")),
                    Time = DateTimeOffset.TryParse(Text(envelope, "time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null,
                    Retries = envelope.TryGetProperty(RetriesAttribute, out var retries) && retries.ValueKind == JsonValueKind.Number && retries.TryGetInt32(out var number) ? number : 0,
                };
            }
        }
        catch (JsonException)
        {
            // Not even JSON: it is kept and sent as bytes.
        }

        return new DeadMessage(bytes) { Fingerprint = HashOf(bytes.Span) };
    }

    /// <summary>The event as it is sent again: the same in everything but the count, and without an end of its life, which may be over.</summary>
    public static byte[] ForRetry(ReadOnlyMemory<byte> cloudEvent, int retries)
    {
        using var document = JsonDocument.Parse(cloudEvent);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(cloudEvent.Length + 32);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (var attribute in document.RootElement.EnumerateObject())
            {
                if (attribute.Name is not (RetriesAttribute or "expiration"))
                {
                    attribute.WriteTo(writer);
                }
            }

            writer.WriteNumber(RetriesAttribute, retries);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string HashOf(ReadOnlySpan<byte> bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    private static string? Cut(string? text) => text is { Length: > LongestText } ? text[..LongestText] : text;

    private static string? Text(JsonElement envelope, string name)
        => envelope.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
