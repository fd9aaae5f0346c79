using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace Tandem.Runtime.Cel;

/// <summary>What CEL's operators do with values. Whole and real numbers compare with each other, as JSON does not tell them apart.</summary>
internal static class CelValues
{
    /// <summary>A JSON scalar as the value it stands for; objects and arrays stay elements.</summary>
    public static object? Unwrap(object? value) => value switch
    {
        JsonElement element => element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            JsonValueKind.Number => element.TryGetInt64(out var whole) ? whole : element.GetDouble(),
            _ => element,
        },
        int number => (long)number,
        _ => value,
    };

    public static bool TryGetField(object? container, string name, out object? value)
    {
        value = null;
        switch (container)
        {
            case JsonElement { ValueKind: JsonValueKind.Object } element when element.TryGetProperty(name, out var property):
                value = Unwrap(property);
                return true;
            case IReadOnlyDictionary<string, object?> map when map.TryGetValue(name, out var found):
                value = Unwrap(found);
                return true;
            default:
                return false;
        }
    }

    public static bool TryGetItem(object? container, long at, out object? value)
    {
        value = null;
        switch (container)
        {
            case JsonElement { ValueKind: JsonValueKind.Array } array when at >= 0 && at < array.GetArrayLength():
                value = Unwrap(array[(int)at]);
                return true;
            case IList list when at >= 0 && at < list.Count:
                value = Unwrap(list[(int)at]);
                return true;
            default:
                return false;
        }
    }

    public static bool AreEqual(object? a, object? b) => (a, b) switch
    {
        (long or double, long or double) => ToNumber(a) == ToNumber(b),
        (JsonElement x, JsonElement y) => JsonElement.DeepEquals(x, y),
        (string x, string y) => string.Equals(x, y, StringComparison.Ordinal),
        (IList x, IList y) => x.Count == y.Count && x.Cast<object?>().Zip(y.Cast<object?>()).All(static pair => AreEqual(pair.First, pair.Second)),
        (IList list, JsonElement array) => AreEqual(array, list),
        (JsonElement { ValueKind: JsonValueKind.Array } array, IList list) => AreEqual(array.EnumerateArray().Select(static item => Unwrap(item)).ToList(), list),
        _ => Equals(a, b),
    };

    public static int Compare(object? a, object? b) => (a, b) switch
    {
        (long or double, long or double) => ToNumber(a).CompareTo(ToNumber(b)),
        (string x, string y) => string.CompareOrdinal(x, y),
        (bool x, bool y) => x.CompareTo(y),
        _ => throw new CelException($"{Describe(a)} and {Describe(b)} have no order"),
    };

    public static object Calculate(string operation, object? a, object? b)
    {
        if (operation == "+" && a is string x && b is string y)
        {
            return x + y;
        }

        if (a is not (long or double) || b is not (long or double))
        {
            throw new CelException($"{operation} is not for {Describe(a)} and {Describe(b)}");
        }

        if (a is long m && b is long n)
        {
            if (n == 0 && operation is "/" or "%")
            {
                throw new CelException("division by zero");
            }

            return operation switch
            {
                "+" => m + n,
                "-" => m - n,
                "*" => m * n,
                "/" => n == -1 ? -m : m / n,
                _ => n == -1 ? 0L : m % n,
            };
        }

        var p = ToNumber(a);
        var q = ToNumber(b);
        return operation switch
        {
            "+" => p + q,
            "-" => p - q,
            "*" => p * q,
            "/" => p / q,
            _ => throw new CelException("% is for whole numbers"),
        };
    }

    public static long Size(object? value) => value switch
    {
        // CEL counts code points.
        string text => text.EnumerateRunes().Count(),
        JsonElement { ValueKind: JsonValueKind.Array } array => array.GetArrayLength(),
        JsonElement { ValueKind: JsonValueKind.Object } element => element.EnumerateObject().Count(),
        ICollection list => list.Count,
        IReadOnlyDictionary<string, object?> map => map.Count,
        _ => throw new CelException($"{Describe(value)} has no size"),
    };

    public static long ToInteger(object? value) => value switch
    {
        long whole => whole,
        double real when real is >= long.MinValue and < long.MaxValue => (long)real,
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) => parsed,
        _ => throw new CelException($"{Describe(value)} is not a whole number"),
    };

    public static double ToDouble(object? value) => value switch
    {
        long or double => ToNumber(value),
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) => parsed,
        _ => throw new CelException($"{Describe(value)} is not a number"),
    };

    public static string ToText(object? value) => value switch
    {
        string text => text,
        long or double => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        _ => throw new CelException($"{Describe(value)} is not a text"),
    };

    private static double ToNumber(object? value) => value is long whole ? whole : (double)value!;

    private static string Describe(object? value) => value switch
    {
        null => "null",
        string => "a text",
        bool => "a truth value",
        long or double => "a number",
        JsonElement { ValueKind: JsonValueKind.Object } => "an object",
        _ => "a list",
    };
}
