using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Tandem.Components.Metadata;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.Jobs;

/// <summary>The JSON of jobs, with both names of each field that Protobuf's JSON knows (<c>dueTime</c>, <c>due_time</c>).</summary>
public static class JobJson
{
    private const string StoredType = "dataType";
    private const string StoredBytes = "dataBytes";

    /// <summary>Reads a request. Fields that are not known are ignored.</summary>
    /// <exception cref="DaprException">It is no job; the message says which field.</exception>
    public static JobRequest Read(ReadOnlyMemory<byte> json) => Read(json, static root => Read(root));

    /// <summary>Reads what <see cref="Write"/> wrote to be stored.</summary>
    /// <exception cref="DaprException">It is no job; the message says which field.</exception>
    public static JobRequest ReadStored(ReadOnlyMemory<byte> json) => Read(json, static root =>
    {
        var request = Read(root);
        return root.TryGetProperty(StoredType, out var type) && root.TryGetProperty(StoredBytes, out var bytes)
            ? request with { Data = bytes.GetBytesFromBase64(), DataType = type.GetString() }
            : request;
    });

    private static JobRequest Read(ReadOnlyMemory<byte> json, Func<JsonElement, JobRequest> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind is JsonValueKind.Object ? read(document.RootElement) : throw new JsonException("an object is expected");
        }
        catch (JsonException exception)
        {
            throw new DaprException(JobErrors.Malformed(exception.Message), exception);
        }
    }

    /// <summary>Writes a job's JSON: what is stored, and (with <paramref name="name"/>) what is answered, where Dapr says of what type the data is.</summary>
    public static byte[] Write(JobRequest request, string? name = null)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + (request.Data?.Length ?? 0));
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteText(writer, "name", name);
            WriteText(writer, "schedule", request.Schedule);
            if (request.Repeats is { } repeats)
            {
                writer.WriteNumber("repeats"u8, repeats);
            }

            WriteText(writer, "dueTime", request.DueTime);
            WriteText(writer, "ttl", request.Ttl);
            WriteData(writer, request, isAnswer: name is not null);
            WritePolicy(writer, request.FailurePolicy);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static JobRequest Read(JsonElement root)
    {
        var request = new JobRequest();
        foreach (var field in root.EnumerateObject().Where(static field => field.Value.ValueKind is not JsonValueKind.Null))
        {
            switch (field.Name)
            {
                case "name":
                    request = request with { Name = ReadText(field) };
                    break;
                case "schedule":
                    request = request with { Schedule = ReadText(field) };
                    break;
                case "dueTime" or "due_time":
                    request = request with { DueTime = ReadText(field) };
                    break;
                case "ttl":
                    request = request with { Ttl = ReadText(field) };
                    break;
                case "repeats":
                    request = request with { Repeats = ReadCount(field) };
                    break;
                case "overwrite":
                    request = request with { Overwrite = ReadBool(field) };
                    break;
                case "data":
                    request = request with { Data = JsonMarshal.GetRawUtf8Value(field.Value).ToArray() };
                    break;
                case "failurePolicy" or "failure_policy":
                    request = request with { FailurePolicy = ReadPolicy(field) };
                    break;
                default:
                    break;
            }
        }

        return request;
    }

    private static string ReadText(JsonProperty field)
        => field.Value.ValueKind is JsonValueKind.String ? field.Value.GetString()! : throw Fault(field, "a text");

    private static bool ReadBool(JsonProperty field)
        => field.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? field.Value.GetBoolean() : throw Fault(field, "true or false");

    /// <summary>A number, which Protobuf's JSON also takes as text.</summary>
    private static uint ReadCount(JsonProperty field)
        => field.Value.ValueKind is JsonValueKind.Number && field.Value.TryGetUInt32(out var number) ? number
            : field.Value.ValueKind is JsonValueKind.String && uint.TryParse(field.Value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number) ? number
            : throw Fault(field, "a whole number from 0");

    private static JobFailurePolicy ReadPolicy(JsonProperty field)
    {
        JobFailurePolicy? policy = null;
        foreach (var kind in ReadObject(field))
        {
            policy = (kind.Name, policy) switch
            {
                ("drop", null) => JobFailurePolicy.Drop,
                ("constant", null) => ReadConstant(kind),
                _ => throw Fault(field, "an object with either constant or drop"),
            };
        }

        return policy ?? JobFailurePolicy.Default;
    }

    private static JobFailurePolicy ReadConstant(JsonProperty field)
    {
        var policy = new JobFailurePolicy(null, TimeSpan.Zero);
        foreach (var setting in ReadObject(field).Where(static setting => setting.Value.ValueKind is not JsonValueKind.Null))
        {
            policy = setting.Name switch
            {
                "maxRetries" or "max_retries" => policy with { MaxRetries = ReadCount(setting) },
                "interval" => policy with
                {
                    Interval = GoDuration.TryParse(ReadText(setting), out var interval) && interval >= TimeSpan.Zero
                        ? interval
                        : throw Fault(setting, "a duration such as 500ms or 10s"),
                },
                _ => policy,
            };
        }

        return policy;
    }

    private static JsonElement.ObjectEnumerator ReadObject(JsonProperty field)
        => field.Value.ValueKind is JsonValueKind.Object ? field.Value.EnumerateObject() : throw Fault(field, "an object");

    private static JsonException Fault(JsonProperty field, string expected) => new($"{field.Name} must be {expected}");

    private static void WriteText(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    private static void WriteData(Utf8JsonWriter writer, JobRequest request, bool isAnswer)
    {
        if (request.Data is not { } data)
        {
            return;
        }

        if (!isAnswer)
        {
            if (request.DataType is { } type)
            {
                writer.WriteString(StoredType, type);
                writer.WriteBase64String(StoredBytes, data);
            }
            else
            {
                writer.WritePropertyName("data"u8);
                writer.WriteRawValue(data, skipInputValidation: true);
            }

            return;
        }

        writer.WriteStartObject("data"u8);
        writer.WriteString("@type"u8, request.DataType ?? "type.googleapis.com/google.protobuf.Value");
        if (request.DataType is not null)
        {
            writer.WriteBase64String("value"u8, data);
        }
        else
        {
            writer.WritePropertyName("value"u8);
            writer.WriteRawValue(data, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private static void WritePolicy(Utf8JsonWriter writer, JobFailurePolicy policy)
    {
        writer.WriteStartObject("failurePolicy"u8);
        writer.WriteStartObject(policy == JobFailurePolicy.Drop ? "drop"u8 : "constant"u8);
        if (policy != JobFailurePolicy.Drop)
        {
            writer.WriteString("interval"u8, string.Create(CultureInfo.InvariantCulture, $"{policy.Interval.Ticks / (decimal)TimeSpan.TicksPerSecond:0.#######}s"));
            if (policy.MaxRetries is { } retries)
            {
                writer.WriteNumber("maxRetries"u8, retries);
            }
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
