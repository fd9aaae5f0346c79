using System.Text;
using System.Text.Json;

namespace Tandem.Components.Bindings;

/// <summary>What output bindings do with the data of a request.</summary>
public static class BindingData
{
    /// <summary>
    /// The data, and where they are one JSON string, its text: an SDK that speaks gRPC sends a text with its quotes, which over HTTP are
    /// gone already.
    /// </summary>
    public static ReadOnlyMemory<byte> Unquoted(this BindingRequest request)
    {
        var data = request.Data;
        if (data.Length < 2 || data.Span[0] != '"' || data.Span[^1] != '"')
        {
            return data;
        }

        try
        {
            var reader = new Utf8JsonReader(data.Span);
            return reader.Read() && reader.TokenType is JsonTokenType.String && reader.BytesConsumed == data.Length
                ? Encoding.UTF8.GetBytes(reader.GetString()!)
                : data;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Quotes of its own, and no JSON between them.
            return data;
        }
    }
}
