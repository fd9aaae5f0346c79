using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Runtime.Actors.Reminders;
using Tandem.Runtime.Actors.Timers;

namespace Tandem.Runtime.Actors;

/// <summary>The JSON of timers and reminders: what the API takes and answers, and what the app is sent.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TimerRequest))]
[JsonSerializable(typeof(ReminderRequest))]
[JsonSerializable(typeof(ReminderResponse))]
public sealed partial class ActorJson : JsonSerializerContext
{
    /// <summary>What the app is sent when a timer fires: the request's own words.</summary>
    public static byte[] WriteTimer(TimerRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(128 + (request.Data?.Length ?? 0));
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("callback"u8, request.Callback ?? "");
            WriteData(writer, request.Data);
            writer.WriteString("dueTime"u8, request.DueTime ?? "");
            writer.WriteString("period"u8, request.Period ?? "");
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What the app is sent when a reminder fires; Dapr leaves the times empty.</summary>
    public static byte[] WriteReminder(byte[]? data)
    {
        var buffer = new ArrayBufferWriter<byte>(64 + (data?.Length ?? 0));
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteData(writer, data);
            writer.WriteString("dueTime"u8, "");
            writer.WriteString("period"u8, "");
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteData(Utf8JsonWriter writer, byte[]? data)
    {
        if (data is not null)
        {
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(data, skipInputValidation: true);
        }
    }
}

/// <summary>Keeps a JSON value as the bytes in which it was written.</summary>
internal sealed class RawJsonConverter : JsonConverter<byte[]>
{
    /// <inheritdoc/>
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteRawValue(value, skipInputValidation: true);
}
