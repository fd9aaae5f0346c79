using System.Text.Json;
using System.Text.Unicode;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.Json;

/// <summary>Reads the JSON of requests, which anybody may have written.</summary>
public static class JsonRequest
{
    /// <summary>Reads what a body holds.</summary>
    /// <param name="read">Reads the body's one value; a text that cannot be read as one is the body's fault.</param>
    /// <param name="malformed">How the building block refuses a body, with the reason.</param>
    public static T Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, T> read, Func<string, DaprException> malformed)
    {
        if (!Utf8.IsValid(body.Span))
        {
            throw malformed("the body is not UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw malformed($"the body is not valid JSON: {exception.Message}");
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // Another kind of value than was asked for, or half a character: an escape such as \ud800 without its other half.
            throw malformed($"the body cannot be read: {exception.Message}");
        }
    }
}
