using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Tandem.Components.Bindings;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Json;

namespace Tandem.Sidecar.Http.Bindings;

/// <summary><c>POST /v1.0/bindings/{name}</c></summary>
internal static class BindingEndpoints
{
    public static Task HandleAsync(ApiRequest request)
    {
        var segments = request.Segments;
        return request.IsPostOrPut && segments.TryRead(out var name) && segments.IsAtEnd
            ? InvokeAsync(request, name)
            : ApiRouter.NotFoundAsync(request.Http);
    }

    private static async Task InvokeAsync(ApiRequest request, string name)
    {
        var operation = JsonRequest.Read(await BodyReader.ReadAsync(request.Http).ConfigureAwait(false), static root => Read(root), static reason => Malformed(reason));
        var answer = await request.Blocks.OutputBindings.InvokeAsync(name, operation, request.Aborted).ConfigureAwait(false);
        var response = request.Http.Response;
        foreach (var (key, value) in answer?.Metadata ?? new Dictionary<string, string>())
        {
            response.Headers["metadata." + key] = value;
        }

        if (answer is null || answer.Data.IsEmpty)
        {
            JsonAnswer.NoContent(request.Http);
            return;
        }

        response.ContentType = "application/json";
        response.ContentLength = answer.Data.Length;
        await response.BodyWriter.WriteAsync(answer.Data, request.Aborted).ConfigureAwait(false);
    }

    private static BindingRequest Read(JsonElement root)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (root.TryGetProperty("metadata", out var given) && given.ValueKind is JsonValueKind.Object)
        {
            foreach (var property in given.EnumerateObject())
            {
                metadata[property.Name] = property.Value.ToString();
            }
        }

        var operation = root.TryGetProperty("operation", out var named) ? named.GetString() ?? "" : "";
        return new BindingRequest(operation, root.TryGetProperty("data", out var data) ? DataOf(data) : ReadOnlyMemory<byte>.Empty, metadata);
    }

    private static DaprException Malformed(string reason) => new(new DaprError(400, "ERR_MALFORMED_REQUEST", $"no binding's request: {reason}"));

    private static ReadOnlyMemory<byte> DataOf(JsonElement data) => data.ValueKind switch
    {
        JsonValueKind.String => Encoding.UTF8.GetBytes(data.GetString()!),
        JsonValueKind.Null => ReadOnlyMemory<byte>.Empty,
        _ => JsonMarshal.GetRawUtf8Value(data).ToArray(),
    };
}
