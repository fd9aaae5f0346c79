using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Primitives;
using Tandem.Runtime.Actors.Invocation;
using Tandem.Runtime.Errors;

namespace Tandem.Sidecar.Http.Actors;

/// <summary>Reads requests of the actors API and writes its answers.</summary>
internal static class ActorMessages
{
    private const string Json = "application/json";

    // What belongs to the connection between sidecar and app, or is said anew.
    private static readonly FrozenSet<string> LeftBehind = FrozenSet.ToFrozenSet(
        ["Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Server", "Date"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a call: its argument to the end, as it waits for its turn.</summary>
    public static async ValueTask<ActorCall> ReadCallAsync(ApiRequest request, string actorType, string actorId, string method)
    {
        var query = request.Query.ToString();
        var headers = request.Http.Request.Headers;
        var body = await BodyReader.ReadAsync(request.Http).ConfigureAwait(false);
        return new(actorType, actorId, method)
        {
            Body = body,
            ContentType = request.Http.Request.ContentType,
            Query = query,
            Headers = headers,
        };
    }

    /// <summary>Reads a JSON body.</summary>
    /// <exception cref="DaprException">It is not JSON of that form.</exception>
    public static async ValueTask<T> ReadJsonAsync<T>(ApiRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        var body = await BodyReader.ReadAsync(request.Http).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw new JsonException("an object is expected");
        }
        catch (JsonException exception)
        {
            throw new DaprException(new DaprError(400, "ERR_MALFORMED_REQUEST", $"failed deserializing HTTP body: {exception.Message}"), exception);
        }
    }

    /// <summary>Writes what an actor's method answered.</summary>
    public static Task WriteAsync(ApiRequest request, ActorAnswer answer)
    {
        if (answer.Error is { } error)
        {
            return ErrorWriter.WriteAsync(request.Http, error);
        }

        var response = request.Http.Response;
        response.StatusCode = answer.Status;
        foreach (var header in answer.Headers)
        {
            if (!LeftBehind.Contains(header.Key))
            {
                response.Headers[header.Key] = header.Value.Count == 1 ? header.Value.ToString() : new StringValues([.. header.Value]);
            }
        }

        if (answer.Status is 204 or 205 or 304)
        {
            return Task.CompletedTask;
        }

        response.ContentType = answer.ContentType ?? Json;
        return WriteBodyAsync(request, answer.Body);
    }

    /// <summary>Writes JSON bytes.</summary>
    public static Task WriteJsonAsync(ApiRequest request, ReadOnlyMemory<byte> json)
    {
        request.Http.Response.ContentType = Json;
        return WriteBodyAsync(request, json);
    }

    /// <summary>204.</summary>
    public static Task WriteNothingAsync(ApiRequest request)
    {
        JsonAnswer.NoContent(request.Http);
        return Task.CompletedTask;
    }

    private static Task WriteBodyAsync(ApiRequest request, ReadOnlyMemory<byte> body)
    {
        request.Http.Response.ContentLength = body.Length;
        return body.IsEmpty ? Task.CompletedTask : request.Http.Response.BodyWriter.WriteAsync(body, request.Aborted).AsTask();
    }
}
