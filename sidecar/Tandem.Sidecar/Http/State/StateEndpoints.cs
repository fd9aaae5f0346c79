using System.Text.Json;
using Tandem.Components.State;
using Tandem.Runtime.Json;
using Tandem.Runtime.State;

namespace Tandem.Sidecar.Http.State;

/// <summary><c>/v1.0/state/{store}</c>, <c>…/{key}</c>, <c>…/bulk</c> and <c>…/transaction</c>; <c>/v1.0-alpha1/state/{store}/query</c></summary>
internal static class StateEndpoints
{
    public static Task HandleAsync(ApiRequest request)
    {
        var segments = request.Segments;
        if (!segments.TryRead(out var store))
        {
            return ApiRouter.NotFoundAsync(request.Http);
        }

        if (request.IsAlpha)
        {
            return segments.TryReadToEnd(out var query) && query is "query" && request.IsPostOrPut ? QueryAsync(request, store) : ApiRouter.NotFoundAsync(request.Http);
        }

        if (!segments.TryReadToEnd(out var rest))
        {
            return request.IsPostOrPut ? SaveAsync(request, store) : ApiRouter.NotFoundAsync(request.Http);
        }

        return request.Method switch
        {
            "GET" => GetAsync(request, store, rest),
            "DELETE" => DeleteAsync(request, store, rest),
            "POST" or "PUT" when rest is "bulk" => GetManyAsync(request, store),
            "POST" or "PUT" when rest is "transaction" => ExecuteAsync(request, store),
            _ => ApiRouter.NotFoundAsync(request.Http),
        };
    }

    private static async Task GetAsync(ApiRequest request, string store, string key)
    {
        var item = await request.Blocks.State.GetAsync(store, key, request.Aborted).ConfigureAwait(false);
        if (item is null)
        {
            JsonAnswer.NoContent(request.Http);
            return;
        }

        var response = request.Http.Response;
        response.ContentType = "application/json";
        response.ContentLength = item.Value.Length;
        if (item.ETag is { } etag)
        {
            response.Headers.ETag = etag;
        }

        if (item.ExpiresAt is { } expires)
        {
            response.Headers["metadata.ttlExpireTime"] = StateTimeToLive.Format(expires);
        }

        await response.BodyWriter.WriteAsync(item.Value, request.Aborted).ConfigureAwait(false);
    }

    private static async Task SaveAsync(ApiRequest request, string store)
    {
        request.Blocks.State.EnsureExists(store);
        var sets = StateRequestReader.ReadSets(await BodyReader.ReadAsync(request.Http).ConfigureAwait(false), RequestMetadata.Read(request.Http.Request));
        await request.Blocks.State.SetAsync(store, sets, request.Aborted).ConfigureAwait(false);
        JsonAnswer.NoContent(request.Http);
    }

    private static async Task DeleteAsync(ApiRequest request, string store, string key)
    {
        const string Code = "ERR_STATE_DELETE";
        var query = request.Http.Request.Query;
        StateRequestReader.CheckConsistency(query["consistency"], Code);
        var etag = request.Http.Request.Headers.IfMatch.ToString();
        var delete = new StateDelete(key, etag.Length > 0 ? etag : null, StateRequestReader.ReadConcurrency(query["concurrency"], Code));
        await request.Blocks.State.DeleteAsync(store, delete, request.Aborted).ConfigureAwait(false);
        JsonAnswer.NoContent(request.Http);
    }

    private static async Task GetManyAsync(ApiRequest request, string store)
    {
        request.Blocks.State.EnsureExists(store);
        var keys = StateRequestReader.ReadKeys(await BodyReader.ReadAsync(request.Http).ConfigureAwait(false));
        var items = await request.Blocks.State.GetManyAsync(store, keys, request.Aborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(request.Http, (keys, items), static (writer, answer) =>
        {
            writer.WriteStartArray();
            for (var i = 0; i < answer.keys.Count; i++)
            {
                WriteItem(writer, answer.keys[i], answer.items[i]);
            }

            writer.WriteEndArray();
        }).ConfigureAwait(false);
    }

    private static async Task ExecuteAsync(ApiRequest request, string store)
    {
        request.Blocks.State.EnsureExists(store);
        var operations = StateRequestReader.ReadOperations(await BodyReader.ReadAsync(request.Http).ConfigureAwait(false), RequestMetadata.Read(request.Http.Request));
        await request.Blocks.State.ExecuteAsync(store, operations, request.Aborted, request.Http.Request.Headers.TraceParent).ConfigureAwait(false);
        JsonAnswer.NoContent(request.Http);
    }

    private static async Task QueryAsync(ApiRequest request, string store)
    {
        request.Blocks.State.EnsureExists(store);
        var page = await request.Blocks.State.QueryAsync(store, await BodyReader.ReadAsync(request.Http).ConfigureAwait(false), request.Aborted).ConfigureAwait(false);
        if (page.Items.Count == 0)
        {
            JsonAnswer.NoContent(request.Http);
            return;
        }

        await JsonAnswer.WriteAsync(request.Http, page, static (writer, page) =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("results"u8);
            foreach (var item in page.Items)
            {
                writer.WriteStartObject();
                writer.WriteString("key"u8, item.Key);
                WriteData(writer, item);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (page.Token is { } token)
            {
                writer.WriteString("token"u8, token);
            }

            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static void WriteData(Utf8JsonWriter writer, StateItem item)
    {
        writer.WritePropertyName("data"u8);
        if (JsonValue.Is(item.Value.Span))
        {
            writer.WriteRawValue(item.Value.Span, skipInputValidation: true);
        }
        else
        {
            // Saved as bytes by gRPC: JSON has no other way to show them.
            writer.WriteBase64StringValue(item.Value.Span);
        }

        if (item.ETag is { } etag)
        {
            writer.WriteString("etag"u8, etag);
        }
    }

    private static void WriteItem(Utf8JsonWriter writer, string key, StateItem? item)
    {
        writer.WriteStartObject();
        writer.WriteString("key"u8, key);
        if (item?.Error is { } error)
        {
            writer.WriteString("error"u8, error);
        }
        else if (item is not null)
        {
            WriteData(writer, item);
            if (item.ExpiresAt is { } expires)
            {
                writer.WriteStartObject("metadata"u8);
                writer.WriteString(StateTimeToLive.ExpireTimeName, StateTimeToLive.Format(expires));
                writer.WriteEndObject();
            }
        }

        writer.WriteEndObject();
    }
}
