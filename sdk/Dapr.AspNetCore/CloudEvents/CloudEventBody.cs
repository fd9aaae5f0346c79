using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Dapr;

/// <summary>The data of a CloudEvent as a request body (JSON event format, 3.1: <c>data</c> or <c>data_base64</c>).</summary>
internal readonly record struct CloudEventBody(byte[] Bytes, string? ContentType)
{
    private const string Json = "application/json";

    public static bool TryCreate(JsonElement envelope, bool keepQuotes, out CloudEventBody body)
    {
        body = new([], null);
        if (envelope.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        JsonElement? data = null, base64 = null;
        string? contentType = null;
        foreach (var attribute in envelope.EnumerateObject())
        {
            if (attribute.Name.Equals("data", StringComparison.OrdinalIgnoreCase))
            {
                data = attribute.Value;
            }
            else if (attribute.Name.Equals("data_base64", StringComparison.OrdinalIgnoreCase))
            {
                base64 = attribute.Value;
            }
            else if (attribute.Name.Equals("datacontenttype", StringComparison.OrdinalIgnoreCase) && attribute.Value.ValueKind == JsonValueKind.String)
            {
                contentType = attribute.Value.GetString();
            }
        }

        var (type, isJson) = Classify(contentType);
        switch (data, base64)
        {
            case ({ }, { }):
                return false;
            case (null, { } encoded):
                if (encoded.ValueKind != JsonValueKind.String || !encoded.TryGetBytesFromBase64(out var bytes))
                {
                    return false;
                }

                body = new(bytes, type);
                return true;
            case ({ } value, null):
                // What is not a JSON string can only be JSON, whatever its content type claims.
                var text = value.ValueKind == JsonValueKind.String && !isJson && !keepQuotes;
                body = new(text ? Encoding.UTF8.GetBytes(value.GetString()!) : JsonMarshal.GetRawUtf8Value(value).ToArray(), type);
                return true;
            default:
                return true;
        }
    }

    // The body is written as UTF-8, so a character set that the event names no longer holds.
    private static (string ContentType, bool IsJson) Classify(string? contentType)
    {
        if (contentType is null || !MediaTypeHeaderValue.TryParse(contentType, out var parsed))
        {
            return (Json, true);
        }

        var isJson = parsed.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase) || parsed.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);
        if (parsed.Charset.HasValue)
        {
            parsed.Charset = default;
            return (parsed.ToString(), isJson);
        }

        return (contentType, isJson);
    }
}
