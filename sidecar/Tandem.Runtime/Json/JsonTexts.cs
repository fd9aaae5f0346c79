using System.Text.Json;

namespace Tandem.Runtime.Json;

/// <summary>Looks at the texts of a JSON document that are used as texts.</summary>
internal static class JsonTexts
{
    /// <summary>Checks names, keys and the like: half a character (an escape such as <c>\ud800</c> without its other half) is none. Values are kept as they were sent.</summary>
    /// <exception cref="JsonException">A text is not whole.</exception>
    public static void Check(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\u"u8) < 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && reader.ValueIsEscaped && !IsWhole(ref reader))
            {
                throw new JsonException($"the text at byte {reader.TokenStartIndex} holds half a character");
            }

            if (reader.TokenType is JsonTokenType.PropertyName && reader.ValueTextEquals("value"u8))
            {
                reader.Skip();
            }
        }
    }

    private static bool IsWhole(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
