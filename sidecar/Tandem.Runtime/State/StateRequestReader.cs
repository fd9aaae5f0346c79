using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Tandem.Components.State;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Json;

namespace Tandem.Runtime.State;

/// <summary>Reads the JSON of state requests. Values are kept as the bytes that were sent.</summary>
public static class StateRequestReader
{
    private const string SaveCode = "ERR_STATE_SAVE";

    /// <summary>Reads the list of a save request.</summary>
    /// <param name="shared">The request's own metadata, which go before those of each item.</param>
    public static IReadOnlyList<StateSet> ReadSets(ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string> shared)
    {
        using var document = Parse(body);
        if (document.RootElement.ValueKind is not JsonValueKind.Array)
        {
            throw StateErrors.Malformed("a list of keys and values is expected");
        }

        return [.. document.RootElement.EnumerateArray().Select(item => ReadSet(item, shared))];
    }

    /// <summary>Reads the keys of a bulk read.</summary>
    public static IReadOnlyList<string> ReadKeys(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        if (document.RootElement.ValueKind is not JsonValueKind.Object)
        {
            throw StateErrors.Malformed("an object with keys is expected");
        }

        if (document.RootElement.TryGetProperty("parallelism", out var parallelism) && parallelism.ValueKind is not JsonValueKind.Null
            && (parallelism.ValueKind is not JsonValueKind.Number || !parallelism.TryGetInt32(out _)))
        {
            // The keys are read in one step, so that there is nothing to do at the same time; but it must be a number.
            throw StateErrors.Malformed("parallelism must be a whole number");
        }

        if (!document.RootElement.TryGetProperty("keys", out var keys) || keys.ValueKind is JsonValueKind.Null)
        {
            return [];
        }

        return keys.ValueKind is JsonValueKind.Array && keys.EnumerateArray().All(static key => key.ValueKind is JsonValueKind.String)
            ? [.. keys.EnumerateArray().Select(static key => key.GetString()!)]
            : throw StateErrors.Malformed("keys must be a list of texts");
    }

    /// <summary>Reads the operations of a transaction.</summary>
    /// <param name="shared">The request's own metadata, which go before those of each operation.</param>
    public static IReadOnlyList<StateOperation> ReadOperations(ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string> shared)
    {
        using var document = Parse(body);
        if (document.RootElement.ValueKind is not JsonValueKind.Object)
        {
            throw StateErrors.Malformed("an object with operations is expected");
        }

        if (!document.RootElement.TryGetProperty("operations", out var operations) || operations.ValueKind is JsonValueKind.Null)
        {
            return [];
        }

        return operations.ValueKind is JsonValueKind.Array
            ? [.. operations.EnumerateArray().Select(operation => ReadOperation(operation, shared))]
            : throw StateErrors.Malformed("operations must be a list");
    }

    /// <summary>How <c>concurrency</c> reads.</summary>
    public static StateConcurrency ReadConcurrency(string? text, string code) => text switch
    {
        null or "" or "last-write" => StateConcurrency.LastWrite,
        "first-write" => StateConcurrency.FirstWrite,
        _ => throw StateErrors.BadOption(code, $"unrecognized concurrency '{text}'"),
    };

    /// <summary>Checks <c>consistency</c>; the embedded stores are strong either way.</summary>
    public static void CheckConsistency(string? text, string code)
    {
        if (text is not (null or "" or "strong" or "eventual"))
        {
            throw StateErrors.BadOption(code, $"unrecognized consistency '{text}'");
        }
    }

    /// <summary>The error for an operation that there is none of.</summary>
    public static DaprException UnknownOperation(string operation) => StateErrors.UnknownOperation(operation);

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var document = JsonDocument.Parse(Utf8.IsValid(body.Span) ? body : throw new JsonException("it is not UTF-8"));
            JsonTexts.Check(body.Span);
            return document;
        }
        catch (JsonException exception)
        {
            throw StateErrors.Malformed($"the body is not valid JSON: {exception.Message}");
        }
    }

    private static StateOperation ReadOperation(JsonElement element, IReadOnlyDictionary<string, string> shared)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            throw StateErrors.Malformed("an operation must be an object");
        }

        var operation = Text(element, "operation") ?? "";
        if (operation is not ("upsert" or "delete"))
        {
            throw StateErrors.UnknownOperation(operation);
        }

        if (!element.TryGetProperty("request", out var request))
        {
            throw StateErrors.Malformed("an operation needs a request");
        }

        var set = ReadSet(request, shared);
        return operation is "upsert" ? set : new StateDelete(set.Key, set.ETag, set.Concurrency);
    }

    private static StateSet ReadSet(JsonElement element, IReadOnlyDictionary<string, string> shared)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            throw StateErrors.Malformed("an item must be an object with key and value");
        }

        var value = element.TryGetProperty("value", out var given) ? JsonMarshal.GetRawUtf8Value(given).ToArray() : "null"u8.ToArray();
        var concurrency = StateConcurrency.LastWrite;
        if (element.TryGetProperty("options", out var options) && options.ValueKind is JsonValueKind.Object)
        {
            concurrency = ReadConcurrency(Text(options, "concurrency"), SaveCode);
            CheckConsistency(Text(options, "consistency"), SaveCode);
        }

        // An empty ETag is none, as in Dapr.
        var etag = Text(element, "etag") is { Length: > 0 } text ? text : null;
        var metadata = ReadMetadata(element, shared);
        return new StateSet(Text(element, "key") ?? throw StateErrors.NoKey(), value, etag, concurrency, StateTimeToLive.Read(metadata, SaveCode)) { Metadata = metadata };
    }

    private static IReadOnlyDictionary<string, string>? ReadMetadata(JsonElement element, IReadOnlyDictionary<string, string> shared)
    {
        if (!element.TryGetProperty("metadata", out var own) || own.ValueKind is not JsonValueKind.Object)
        {
            return shared.Count == 0 ? null : shared;
        }

        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in own.EnumerateObject())
        {
            metadata[property.Name] = property.Value.ValueKind is JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText();
        }

        foreach (var (name, value) in shared)
        {
            metadata[name] = value;
        }

        return metadata.Count == 0 ? null : metadata;
    }

    private static string? Text(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind is JsonValueKind.String ? value.GetString() : throw StateErrors.Malformed($"{name} must be a text");
    }
}
