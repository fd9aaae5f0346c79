using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Dapper;
using Dapr.Client;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Images;

/// <summary>
/// Pictures in object storage, behind the output binding <c>images</c>. Every upload is a file of its own name, so a picture never changes
/// under those who are reading it, and the row says which one counts.
/// </summary>
internal sealed partial class ImageStore(Database database, DaprClient dapr, TimeProvider time, ILogger<ImageStore> logger)
{
    private const string Binding = "images";

    public async Task<StoredImage?> FindAsync(int productId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<StoredImage>(new CommandDefinition(
            "SELECT name, category, image_file AS file, image_type AS type FROM products WHERE id = @productId", new { productId }, cancellationToken: ct));
    }

    public async Task<byte[]> ReadAsync(string file, CancellationToken ct)
    {
        var request = new BindingRequest(Binding, "get");
        request.Metadata["fileName"] = file;
        request.Metadata["key"] = file;
        var response = await dapr.InvokeBindingAsync(request, ct);

        // Storage that was not told to decode gives back the text that it got.
        return ImageKind.Detect(response.Data) is null && Base64.IsValid(response.Data.Span)
            ? Convert.FromBase64String(Encoding.ASCII.GetString(response.Data.Span))
            : response.Data.ToArray();
    }

    /// <summary>Keeps a picture for a product, and throws the one before away.</summary>
    public async Task SaveAsync(int productId, StoredImage before, ReadOnlyMemory<byte> bytes, string type, CancellationToken ct)
    {
        var file = $"{productId}-{Ids.New(time.GetUtcNow())}.{ImageKind.ExtensionOf(type)}";
        var request = new BindingRequest(Binding, "create") { Data = JsonSerializer.SerializeToUtf8Bytes(Convert.ToBase64String(bytes.Span)) };
        request.Metadata["fileName"] = file;
        request.Metadata["key"] = file;
        request.Metadata["decodeBase64"] = "true";
        await dapr.InvokeBindingAsync(request, ct);
        await database.WriteAsync(
            tx => tx.Connection!.ExecuteAsync(new CommandDefinition(
                "UPDATE products SET image_file = @file, image_type = @type, image_url = NULL, updated_at = @now WHERE id = @productId",
                new { file, type, productId, now = time.GetUtcNow() },
                tx,
                cancellationToken: ct)),
            ct);
        if (before.File is { } old)
        {
            await ForgetAsync(old, ct);
        }
    }

    /// <summary>Throws a picture away that no product shows any more.</summary>
    public async Task ForgetAsync(string file, CancellationToken ct)
    {
        var request = new BindingRequest(Binding, "delete");
        request.Metadata["fileName"] = file;
        request.Metadata["key"] = file;
        try
        {
            await dapr.InvokeBindingAsync(request, ct);
        }
        catch (Exception exception) when (exception is Dapr.DaprException or HttpRequestException)
        {
            // Nobody is shown it any more; an old file that stays is a little space, not a failed request.
            Log.NotDeleted(logger, file, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5302, LogLevel.Warning, "The old picture {File} could not be deleted: {Reason}")]
        public static partial void NotDeleted(ILogger logger, string file, string reason);
    }
}

/// <summary>What is known of a product's picture.</summary>
internal sealed class StoredImage
{
    public string Name { get; init; } = "";

    public string Category { get; init; } = "";

    /// <summary>The file in the storage; nothing when the picture is drawn.</summary>
    public string? File { get; init; }

    public string? Type { get; init; }
}
