using System.Text.Json;
using Tandem.Components.State;

namespace Tandem.Runtime.State.Query;

/// <summary>Reads the JSON of a query: <c>filter</c>, <c>sort</c> and <c>page</c>.</summary>
internal sealed class StateQueryReader
{
    /// <summary>SQL's limits are near a thousand, and nobody writes a condition of that size by hand.</summary>
    private const int MostComparisons = 500;
    private const int DeepestNesting = 32;

    private int _comparisons;

    private StateQueryReader()
    {
    }

    /// <summary>Reads a query over the keys with that prefix.</summary>
    /// <exception cref="StateQueryException">It is none; the message says why.</exception>
    public static StateQuery Read(ReadOnlyMemory<byte> body, string keyPrefix)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? new StateQueryReader().Read(document.RootElement, keyPrefix)
                : throw new StateQueryException("an object with filter, sort and page is expected");
        }
        catch (JsonException exception)
        {
            throw new StateQueryException($"the body is not valid JSON: {exception.Message}");
        }
    }

    private StateQuery Read(JsonElement query, string keyPrefix)
    {
        StateFilter? filter = null;
        if (Find(query, "filter", JsonValueKind.Object) is { } filters && filters.EnumerateObject().Any())
        {
            filter = ReadFilter(filters, 0);
        }

        int? limit = null;
        string? token = null;
        if (Find(query, "page", JsonValueKind.Object) is { } page)
        {
            limit = Find(page, "limit", JsonValueKind.Number) is not { } number
                ? null
                : number.TryGetInt32(out var count) && count >= 0 ? count : throw new StateQueryException("page.limit must be a whole number, zero or greater");
            token = Find(page, "token", JsonValueKind.String)?.GetString();
        }

        // Dapr's clients send 0 for "not set".
        return new StateQuery(keyPrefix, filter, ReadSort(query), limit is 0 ? null : limit, token);
    }

    private static List<StateSort> ReadSort(JsonElement query)
    {
        var sorts = new List<StateSort>();
        if (Find(query, "sort", JsonValueKind.Array) is not { } list)
        {
            return sorts;
        }

        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind is not JsonValueKind.Object || Find(item, "key", JsonValueKind.String) is not { } key)
            {
                throw new StateQueryException("each item of sort must be an object with a key");
            }

            var order = Find(item, "order", JsonValueKind.String)?.GetString();
            sorts.Add(new StateSort(ReadPath(key.GetString()!), order?.ToUpperInvariant() switch
            {
                null or "" or "ASC" => false,
                "DESC" => true,
                _ => throw new StateQueryException($"the order '{order}' is none of ASC, DESC"),
            }));
        }

        return sorts.Count <= DeepestNesting ? sorts : throw new StateQueryException($"sort has more than {DeepestNesting} keys");
    }

    private StateFilter ReadFilter(JsonElement element, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new StateQueryException($"the filter is nested more than {DeepestNesting} deep");
        }

        var (name, operand) = Single(element, "a filter");
        return name switch
        {
            "EQ" => ReadComparison(name, StateComparator.Equal, operand),
            "NEQ" => ReadComparison(name, StateComparator.NotEqual, operand),
            "GT" => ReadComparison(name, StateComparator.Greater, operand),
            "GTE" => ReadComparison(name, StateComparator.GreaterOrEqual, operand),
            "LT" => ReadComparison(name, StateComparator.Less, operand),
            "LTE" => ReadComparison(name, StateComparator.LessOrEqual, operand),
            "IN" => ReadIn(operand),
            "AND" or "OR" => ReadGroup(name, operand, depth),
            _ => throw new StateQueryException($"the filter '{name}' is none of EQ, NEQ, GT, GTE, LT, LTE, IN, AND, OR"),
        };
    }

    private StateFilterGroup ReadGroup(string name, JsonElement operand, int depth)
        => operand.ValueKind is JsonValueKind.Array && operand.GetArrayLength() >= 2
            ? new StateFilterGroup(name is "AND", [.. operand.EnumerateArray().Select(filter => ReadFilter(filter, depth + 1))])
            : throw new StateQueryException($"{name} must be a list of at least two filters");

    private StateFilterGroup ReadIn(JsonElement operand)
    {
        var (key, values) = Single(operand, "IN");
        if (values.ValueKind is not JsonValueKind.Array || values.GetArrayLength() == 0)
        {
            throw new StateQueryException($"IN must give a list of values for '{key}'");
        }

        var path = ReadPath(key);
        return new StateFilterGroup(All: false, [.. values.EnumerateArray().Select(value => Compare("IN", StateComparator.Equal, path, value))]);
    }

    private StateComparison ReadComparison(string name, StateComparator comparator, JsonElement operand)
    {
        var (key, value) = Single(operand, name);
        return Compare(name, comparator, ReadPath(key), value);
    }

    private StateComparison Compare(string name, StateComparator comparator, StateQueryPath path, JsonElement value)
    {
        if (++_comparisons > MostComparisons)
        {
            throw new StateQueryException($"the filter has more than {MostComparisons} comparisons");
        }

        var isOrder = comparator is not (StateComparator.Equal or StateComparator.NotEqual);
        object? compared = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
            JsonValueKind.True or JsonValueKind.False when !isOrder => value.GetBoolean(),
            JsonValueKind.Null when !isOrder => null,
            _ => throw new StateQueryException(isOrder
                ? $"{name} compares '{path}' with a text or a number only"
                : $"{name} compares '{path}' with a text, a number, true, false or null only"),
        };
        return new StateComparison(path, comparator, compared);
    }

    private static StateQueryPath ReadPath(string text)
        => StateQueryPath.TryParse(text, out var path) ? path : throw new StateQueryException($"'{text}' is no path such as person.org or items[0].name");

    private static (string Name, JsonElement Value) Single(JsonElement element, string what)
    {
        if (element.ValueKind is JsonValueKind.Object)
        {
            using var properties = element.EnumerateObject();
            if (properties.MoveNext())
            {
                var property = properties.Current;
                if (!properties.MoveNext())
                {
                    return (property.Name, property.Value);
                }
            }
        }

        throw new StateQueryException($"{what} must be an object with exactly one element");
    }

    private static JsonElement? Find(JsonElement element, string name, JsonValueKind kind)
    {
        if (!element.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == kind ? value : throw new StateQueryException($"{name} must be a JSON {kind.ToString().ToLowerInvariant()}");
    }
}
