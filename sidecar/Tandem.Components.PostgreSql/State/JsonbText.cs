using System.Globalization;
using System.Text.Json;

namespace Tandem.Components.PostgreSql.State;

/// <summary>What a column of type <c>jsonb</c> takes: JSON, but no NUL and no half of a surrogate pair in a text, and numbers of a size that it knows.</summary>
internal static class JsonbText
{
    /// <summary>Numbers with an exponent beyond this would be refused, or become thousands of digits.</summary>
    private const int LargestExponent = 1000;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 512 };

    /// <summary>Whether the bytes can be kept as JSON.</summary>
    public static bool IsJson(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] is > (byte)'{')
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(value, Options);
            while (reader.Read())
            {
                if (!IsKept(ref reader))
                {
                    return false;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsKept(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String or JsonTokenType.PropertyName => IsText(ref reader),
        JsonTokenType.Number => IsNumber(reader.ValueSpan),
        _ => true,
    };

    private static bool IsText(ref Utf8JsonReader reader)
    {
        try
        {
            // The reader leaves it to whoever wants the text to see that its bytes are UTF-8 and its escapes whole.
            return !reader.GetString()!.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsNumber(ReadOnlySpan<byte> number)
    {
        var exponent = number.IndexOfAny((byte)'e', (byte)'E');
        return number.Length <= LargestExponent
            && (exponent < 0 || (int.TryParse(number[(exponent + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && Math.Abs((long)value) <= LargestExponent));
    }
}
