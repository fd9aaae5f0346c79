using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Json;
using Tandem.Runtime.PubSub.CloudEvents;

namespace Tandem.Sidecar.Http.PubSub;

/// <summary><c>/v1.0/publish/{pubsub}/{topic}</c> and <c>/v1.0/publish/bulk/{pubsub}/{topic}</c></summary>
internal static class PublishEndpoints
{
    public static Task HandleAsync(ApiRequest request)
    {
        var segments = request.Segments;
        if (!request.IsPostOrPut || !segments.TryRead(out var pubSub))
        {
            return ApiRouter.NotFoundAsync(request.Http);
        }

        if (pubSub is "bulk")
        {
            return segments.TryRead(out pubSub) && segments.TryReadToEnd(out var bulkTopic)
                ? PublishManyAsync(request, pubSub, bulkTopic)
                : ApiRouter.NotFoundAsync(request.Http);
        }

        return !request.IsAlpha && segments.TryReadToEnd(out var topic) ? PublishAsync(request, pubSub, topic) : ApiRouter.NotFoundAsync(request.Http);
    }

    private static async Task PublishAsync(ApiRequest request, string pubSub, string topic)
    {
        var http = request.Http;
        request.Blocks.Publisher.EnsureAllowed(pubSub, topic);
        string? traceParent = http.Request.Headers.TraceParent;
        var outgoing = new OutgoingEvent(
            pubSub,
            topic,
            await BodyReader.ReadAsync(http).ConfigureAwait(false),
            http.Request.ContentType,
            RequestMetadata.Read(http.Request),
            traceParent,
            http.Request.Headers.TraceState);
        await request.Blocks.Publisher.PublishAsync(outgoing, request.Aborted).ConfigureAwait(false);
        if (traceParent is not null)
        {
            http.Response.Headers.TraceParent = traceParent;
        }

        JsonAnswer.NoContent(http);
    }

    private static async Task PublishManyAsync(ApiRequest request, string pubSub, string topic)
    {
        var http = request.Http;
        var publisher = request.Blocks.Publisher;
        publisher.EnsureAllowed(pubSub, topic);
        var entries = ReadEntries(request, pubSub, topic, await BodyReader.ReadAsync(http).ConfigureAwait(false));
        var failed = await publisher.PublishManyAsync([.. entries.Select(static entry => entry.Event)], request.Aborted).ConfigureAwait(false);
        if (failed.Count == 0)
        {
            JsonAnswer.NoContent(http);
            return;
        }

        await JsonAnswer.WriteAsync(
            http,
            (entries, failed),
            static (writer, answer) =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("failedEntries"u8);
                foreach (var (index, problem) in answer.failed)
                {
                    writer.WriteStartObject();
                    writer.WriteString("entryId"u8, answer.entries[index].Id);
                    writer.WriteString("error"u8, problem);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteString("errorCode"u8, "ERR_PUBSUB_PUBLISH_MESSAGE"u8);
                writer.WriteEndObject();
            },
            StatusCodes.Status500InternalServerError).ConfigureAwait(false);
    }

    private static List<(string Id, OutgoingEvent Event)> ReadEntries(ApiRequest request, string pubSub, string topic, ReadOnlyMemory<byte> body)
    {
        var publisher = request.Blocks.Publisher;
        var shared = RequestMetadata.Read(request.Http.Request);
        var headers = request.Http.Request.Headers;
        var entries = new List<(string, OutgoingEvent)>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        return JsonRequest.Read(body, Read, reason => publisher.BadEntries(pubSub, reason));

        List<(string, OutgoingEvent)> Read(JsonElement root)
        {
            foreach (var item in root.EnumerateArray())
            {
                var id = Text(item, "entryId");
                publisher.EnsureEntryId(pubSub, id, ids);
                var contentType = Text(item, "contentType");
                entries.Add((id!, new OutgoingEvent(pubSub, topic, DataOf(item, contentType), contentType, Merge(shared, item), headers.TraceParent, headers.TraceState)));
            }

            return entries;
        }
    }

    private static byte[] DataOf(JsonElement item, string? contentType)
    {
        if (!TryFind(item, "event", out var data))
        {
            throw new KeyNotFoundException("an entry has no event");
        }

        if (data.ValueKind is not JsonValueKind.String || contentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true)
        {
            return JsonMarshal.GetRawUtf8Value(data).ToArray();
        }

        return contentType is "application/octet-stream" ? data.GetBytesFromBase64() : Encoding.UTF8.GetBytes(data.GetString()!);
    }

    private static IReadOnlyDictionary<string, string> Merge(IReadOnlyDictionary<string, string> shared, JsonElement item)
    {
        if (!TryFind(item, "metadata", out var own) || own.ValueKind is not JsonValueKind.Object)
        {
            return shared;
        }

        var merged = new Dictionary<string, string>(shared, StringComparer.OrdinalIgnoreCase);
        foreach (var property in own.EnumerateObject())
        {
            merged[property.Name] = property.Value.ToString();
        }

        return merged;
    }

    /// <summary>Clients write these names in letters of either case, as Dapr lets them: the JavaScript SDK has <c>entryID</c>.</summary>
    private static bool TryFind(JsonElement element, string name, out JsonElement value)
    {
        if (element.TryGetProperty(name, out value))
        {
            return true;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = property.Value;
                return true;
            }
        }

        return false;
    }

    private static string? Text(JsonElement element, string name)
        => TryFind(element, name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
