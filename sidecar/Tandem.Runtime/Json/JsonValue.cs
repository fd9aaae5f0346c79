using System.Text.Json;

namespace Tandem.Runtime.Json;

/// <summary>Tells JSON from other bytes.</summary>
public static class JsonValue
{
    /// <summary>Whether the bytes are one JSON value and nothing else.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
