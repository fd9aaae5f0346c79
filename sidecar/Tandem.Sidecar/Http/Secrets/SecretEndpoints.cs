using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tandem.Sidecar.Http.Secrets;

/// <summary><c>GET /v1.0/secrets/{store}/{key}</c> and <c>GET /v1.0/secrets/{store}/bulk</c></summary>
internal static class SecretEndpoints
{
    public static Task HandleAsync(ApiRequest request)
    {
        var segments = request.Segments;
        return HttpMethods.IsGet(request.Method) && segments.TryRead(out var store) && segments.TryReadToEnd(out var name)
            ? name is "bulk" ? GetAllAsync(request, store) : GetAsync(request, store, name)
            : ApiRouter.NotFoundAsync(request.Http);
    }

    private static async Task GetAsync(ApiRequest request, string store, string name)
    {
        var secret = await request.Blocks.Secrets.GetAsync(store, name, request.Aborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(request.Http, secret, static (writer, values) => WriteValues(writer, values)).ConfigureAwait(false);
    }

    private static async Task GetAllAsync(ApiRequest request, string store)
    {
        var secrets = await request.Blocks.Secrets.GetAllAsync(store, request.Aborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(request.Http, secrets, static (writer, all) =>
        {
            writer.WriteStartObject();
            foreach (var (name, values) in all)
            {
                writer.WritePropertyName(name);
                WriteValues(writer, values);
            }

            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static void WriteValues(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> values)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in values)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }
}
