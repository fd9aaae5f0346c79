using System.Text.Json;
using Tandem.Runtime.Locks;

namespace Tandem.Sidecar.Http.Locks;

/// <summary><c>POST /v1.0-alpha1/lock/{store}</c> and <c>POST /v1.0-alpha1/unlock/{store}</c></summary>
internal static class LockEndpoints
{
    public static Task HandleLockAsync(ApiRequest request)
        => FindStore(request) is { } store ? LockAsync(request, store) : ApiRouter.NotFoundAsync(request.Http);

    public static Task HandleUnlockAsync(ApiRequest request)
        => FindStore(request) is { } store ? UnlockAsync(request, store) : ApiRouter.NotFoundAsync(request.Http);

    private static string? FindStore(ApiRequest request)
    {
        var segments = request.Segments;
        return request.IsAlpha && request.IsPostOrPut && segments.TryRead(out var store) && segments.IsAtEnd ? store : null;
    }

    private static async Task LockAsync(ApiRequest request, string store)
    {
        request.Blocks.Locks.EnsureExists(store);
        var (resource, owner, expiry) = Read(await BodyReader.ReadAsync(request.Http).ConfigureAwait(false));
        var isTaken = await request.Blocks.Locks.TryLockAsync(store, resource, owner, expiry, request.Aborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(request.Http, isTaken, static (writer, isTaken) =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("success"u8, isTaken);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static async Task UnlockAsync(ApiRequest request, string store)
    {
        request.Blocks.Locks.EnsureExists(store);
        var (resource, owner, _) = Read(await BodyReader.ReadAsync(request.Http).ConfigureAwait(false));
        var outcome = await request.Blocks.Locks.UnlockAsync(store, resource, owner, request.Aborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(request.Http, outcome, static (writer, outcome) =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("status"u8, (int)outcome);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static (string Resource, string Owner, int? Expiry) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return (
                TextOf(root, "resourceId"),
                TextOf(root, "lockOwner"),
                root.TryGetProperty("expiryInSeconds", out var expiry) && expiry.ValueKind is not JsonValueKind.Null ? expiry.GetInt32() : null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw LockManager.Malformed($"the body is not a lock's request: {exception.Message}", exception);
        }
    }

    private static string TextOf(JsonElement root, string name)
        => root.TryGetProperty(name, out var value) && value.GetString() is { } text ? text : "";
}
