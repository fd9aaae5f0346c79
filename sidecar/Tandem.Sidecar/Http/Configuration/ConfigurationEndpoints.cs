using Microsoft.AspNetCore.Http;
using Tandem.Runtime.AppConfiguration;

namespace Tandem.Sidecar.Http.Configuration;

/// <summary><c>GET /v1.0/configuration/{store}</c>, <c>…/subscribe</c> and <c>…/{id}/unsubscribe</c></summary>
internal static class ConfigurationEndpoints
{
    public static Task HandleAsync(ApiRequest request)
    {
        var segments = request.Segments;
        if (!HttpMethods.IsGet(request.Method) || !segments.TryRead(out var store))
        {
            return ApiRouter.NotFoundAsync(request.Http);
        }

        if (!segments.TryRead(out var next))
        {
            return GetAsync(request, store);
        }

        if (segments.IsAtEnd)
        {
            return next is "subscribe" ? SubscribeAsync(request, store) : ApiRouter.NotFoundAsync(request.Http);
        }

        return segments.TryRead(out var verb) && verb is "unsubscribe" && segments.IsAtEnd
            ? UnsubscribeAsync(request, store, next)
            : ApiRouter.NotFoundAsync(request.Http);
    }

    private static async Task GetAsync(ApiRequest request, string store)
    {
        var items = await request.Blocks.Settings.GetAsync(store, KeysOf(request), request.Aborted).ConfigureAwait(false);
        if (items.Count == 0)
        {
            JsonAnswer.NoContent(request.Http);
            return;
        }

        await JsonAnswer.WriteAsync(request.Http, items, static (writer, items) =>
        {
            writer.WriteStartObject();
            foreach (var (key, item) in items)
            {
                writer.WritePropertyName(key);
                SettingsJson.Write(writer, item);
            }

            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static async Task SubscribeAsync(ApiRequest request, string store)
    {
        var id = await request.Blocks.Settings.SubscribeAsync(store, KeysOf(request), request.Aborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(request.Http, id, static (writer, id) =>
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, id);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static async Task UnsubscribeAsync(ApiRequest request, string store, string id)
    {
        var problem = await request.Blocks.Settings.UnsubscribeAsync(store, id).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(
            request.Http,
            problem,
            static (writer, problem) =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("ok"u8, problem is null);
                if (problem is not null)
                {
                    writer.WriteString("message"u8, problem);
                }

                writer.WriteEndObject();
            },
            problem is null ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError).ConfigureAwait(false);
    }

    private static List<string> KeysOf(ApiRequest request)
        => [.. request.Http.Request.Query["key"].OfType<string>().Where(static key => key.Length > 0).Distinct(StringComparer.Ordinal)];
}
