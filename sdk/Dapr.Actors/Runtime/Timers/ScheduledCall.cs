using System.Text.Json;

namespace Dapr.Actors.Runtime;

/// <summary>What the sidecar says when a timer or reminder fires.</summary>
internal readonly record struct ScheduledCall(string? Callback, byte[] Data, TimeSpan DueTime, TimeSpan Period)
{
    public static ScheduledCall Read(JsonElement json) => new(
        Text(json, "callback"),
        Bytes(json),
        DaprDuration.Parse(Text(json, "dueTime")),
        DaprDuration.Parse(Text(json, "period")));

    // This SDK registers bytes, which are base64 on the wire. What somebody else registered arrives as the JSON that it is.
    private static byte[] Bytes(JsonElement json)
    {
        if (!json.TryGetProperty("data", out var data) || data.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return data.ValueKind == JsonValueKind.String && data.TryGetBytesFromBase64(out var bytes) ? bytes : JsonSerializer.SerializeToUtf8Bytes(data);
    }

    private static string? Text(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
