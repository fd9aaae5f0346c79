using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Tandem.Components.State;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Json;

namespace Tandem.Runtime.Actors.State;

/// <summary>Reads a state transaction: <c>[{"operation": "upsert", "request": {"key": …, "value": …, "metadata": {"ttlInSeconds": …}}}, …]</c>.</summary>
public static class ActorStateOperations
{
    private const string TimeToLive = "ttlInSeconds";

    /// <summary>Reads the operations; keys are those of the request, without what is put before them in the store.</summary>
    /// <exception cref="DaprException">The request is no JSON of that form, or names an operation that there is none of.</exception>
    public static IReadOnlyList<StateOperation> Parse(ReadOnlyMemory<byte> json)
        => JsonRequest.Read<IReadOnlyList<StateOperation>>(
            json,
            static root => root.ValueKind switch
            {
                JsonValueKind.Null => [],
                JsonValueKind.Array => [.. root.EnumerateArray().Select(static operation => Read(operation))],
                _ => throw new DaprException(ActorErrors.Malformed("a list of operations is expected")),
            },
            static reason => new DaprException(ActorErrors.Malformed(reason)));

    private static StateOperation Read(JsonElement operation)
    {
        if (operation.ValueKind != JsonValueKind.Object)
        {
            throw new DaprException(ActorErrors.Malformed("an operation must be an object"));
        }

        var kind = operation.TryGetProperty("operation", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        if (kind is not ("upsert" or "delete"))
        {
            throw new DaprException(ActorErrors.UnknownOperation(kind));
        }

        if (!operation.TryGetProperty("request", out var request) || request.ValueKind != JsonValueKind.Object
            || !request.TryGetProperty("key", out var keyElement) || keyElement.ValueKind != JsonValueKind.String
            || keyElement.GetString() is not { Length: > 0 } key)
        {
            throw new DaprException(ActorErrors.StateSave($"operation '{kind}' needs a request with a key"));
        }

        var etag = request.TryGetProperty("etag", out var etagElement) && etagElement.ValueKind == JsonValueKind.String ? etagElement.GetString() : null;
        return kind == "delete" ? new StateDelete(key, etag) : new StateSet(key, ReadValue(request), etag, TimeToLive: ReadTimeToLive(request, key));
    }

    /// <summary>One operation of a transaction whose values are bytes.</summary>
    /// <param name="kind"><c>upsert</c> or <c>delete</c>.</param>
    /// <exception cref="DaprException">There is no such operation, no key, or no such time to live.</exception>
    public static StateOperation Create(string kind, string key, ReadOnlyMemory<byte> value, IReadOnlyDictionary<string, string> metadata) => kind switch
    {
        "upsert" or "delete" when key.Length == 0 => throw new DaprException(ActorErrors.StateSave($"operation '{kind}' needs a key")),
        "upsert" => new StateSet(key, value, TimeToLive: ParseTimeToLive(metadata.GetValueOrDefault(TimeToLive), key)),
        "delete" => new StateDelete(key),
        _ => throw new DaprException(ActorErrors.UnknownOperation(kind)),
    };

    private static byte[] ReadValue(JsonElement request)
        => request.TryGetProperty("value", out var value) ? JsonMarshal.GetRawUtf8Value(value).ToArray() : "null"u8.ToArray();

    private static TimeSpan? ReadTimeToLive(JsonElement request, string key)
    {
        if (!request.TryGetProperty("metadata", out var metadata) || metadata.ValueKind != JsonValueKind.Object
            || !metadata.TryGetProperty(TimeToLive, out var element))
        {
            return null;
        }

        return ParseTimeToLive(element.ValueKind == JsonValueKind.String ? element.GetString() : element.GetRawText(), key);
    }

    private static TimeSpan? ParseTimeToLive(string? text, string key)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        // Dapr says -1 for "it lives for ever".
        return !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) || seconds < -1
            ? throw new DaprException(ActorErrors.StateSave($"metadata {TimeToLive} of key '{key}' must be a whole number of seconds, not '{text}'"))
            : seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
    }
}
