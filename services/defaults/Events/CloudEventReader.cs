using System.Globalization;
using System.Text.Json;

namespace Tandem.ServiceDefaults;

/// <summary>Reads the CloudEvents envelope in which a sidecar delivers.</summary>
internal static class CloudEventReader
{
    public static bool TryRead(JsonElement envelope, TimeProvider time, out EventMetadata metadata, out JsonElement data)
    {
        data = default;
        metadata = null!;
        if (envelope.ValueKind != JsonValueKind.Object
            || Text(envelope, "id") is not { Length: > 0 } id
            || Text(envelope, "type") is not { Length: > 0 } type
            || !envelope.TryGetProperty("data", out data))
        {
            return false;
        }

        var at = DateTimeOffset.TryParse(Text(envelope, "time"), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var parsed)
            ? parsed
            : time.GetUtcNow();
        metadata = new EventMetadata(id, type, Text(envelope, "source") ?? "", Text(envelope, "subject") ?? "", at);
        return true;
    }

    private static string? Text(JsonElement envelope, string name)
        => envelope.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
