using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tandem.Components.Redis.PubSub;

/// <summary>The field <c>metadata</c> of a stream's entry: what the publisher said beside the data, as a JSON object.</summary>
internal static class EntryMetadata
{
    private static readonly byte[] Nothing = "{}"u8.ToArray();
    private static readonly Dictionary<string, string> None = [];
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Write(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
        {
            return Nothing;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>What is not an object of texts was not written by a publisher of ours or Dapr's: it says nothing.</summary>
    public static IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json.SequenceEqual(Nothing))
        {
            return None;
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            reader.Read();
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (reader.TokenType is JsonTokenType.String)
                {
                    metadata[name] = reader.GetString()!;
                }

                reader.Skip();
            }

            return metadata;
        }
        catch (JsonException)
        {
            return None;
        }
    }
}
