using System.Text;
using Tandem.Components.Bindings;

namespace Tandem.Components.Http.S3;

/// <summary>Operations on many objects at once. Each says of itself what became of it; one that fails does not stop the others.</summary>
internal sealed class S3Bulk(S3Client client, Func<string, string> resolvePath)
{
    private const int DefaultConcurrency = 10;
    private const int MostKeysOfADelete = 1000;
    private const string NoKey = "key is required";

    public Task<S3BulkResult[]> GetAsync(BindingRequest request, bool encodes, CancellationToken cancellationToken)
        => ForEachAsync(
            request,
            async (key, item, token) =>
            {
                if (item.FilePath is not { } path)
                {
                    using var data = new MemoryStream();
                    await client.GetAsync(key, data, token);
                    return new S3BulkResult(key, Encoding.UTF8.GetString(encodes ? S3Binding.EncodeBase64(data.ToArray()) : data.ToArray()));
                }

                await GetIntoAsync(key, resolvePath(path), encodes, token);
                return new S3BulkResult(key);
            },
            cancellationToken);

    public Task<S3BulkResult[]> CreateAsync(BindingRequest request, bool decodes, CancellationToken cancellationToken)
        => ForEachAsync(
            request,
            async (key, item, token) =>
            {
                if (item.FilePath is null && item.Data is null)
                {
                    return new S3BulkResult(key, Error: "either data or filePath is required");
                }

                var headers = item.ContentType is { Length: > 0 } type ? [KeyValuePair.Create("Content-Type", type)] : Array.Empty<KeyValuePair<string, string>>();
                await using Stream data = item.FilePath is { } path && !decodes
                    ? File.OpenRead(resolvePath(path))
                    : new MemoryStream(await ReadAsync(item, decodes, token));
                await client.PutAsync(key, data, headers, token);
                return new S3BulkResult(key, Location: client.LocationOf(key).AbsoluteUri);
            },
            cancellationToken);

    public async Task<S3BulkResult[]> DeleteAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        if (S3Payloads.Read<S3BulkRequest>(request).Keys is not { Count: > 0 } keys)
        {
            throw new BindingException("operation 'bulkDelete' needs 'keys' in its data");
        }

        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var some in keys.OfType<string>().Where(static key => !string.IsNullOrWhiteSpace(key)).Distinct(StringComparer.Ordinal).Chunk(MostKeysOfADelete))
        {
            try
            {
                foreach (var (key, error) in await client.DeleteManyAsync(some, cancellationToken))
                {
                    errors[key] = error;
                }
            }
            catch (BindingException exception)
            {
                Array.ForEach(some, key => errors[key] = exception.Message);
            }
        }

        return [.. keys.Select(key => string.IsNullOrWhiteSpace(key) ? new S3BulkResult(key ?? "", Error: NoKey) : new S3BulkResult(key, Error: errors.GetValueOrDefault(key)))];
    }

    private static async Task<S3BulkResult[]> ForEachAsync(
        BindingRequest request, Func<string, S3BulkItem, CancellationToken, Task<S3BulkResult>> carryOut, CancellationToken cancellationToken)
    {
        var payload = S3Payloads.Read<S3BulkRequest>(request);
        if (payload.Items is not { Count: > 0 } items)
        {
            throw new BindingException($"operation '{request.Operation}' needs 'items' in its data");
        }

        var concurrency = payload.Concurrency ?? DefaultConcurrency;
        if (concurrency <= 0)
        {
            throw new BindingException($"operation '{request.Operation}': concurrency must be greater than 0, not {concurrency}");
        }

        var results = new S3BulkResult[items.Count];
        await Parallel.ForAsync(
            0,
            items.Count,
            new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken },
            async (index, token) =>
            {
                var item = items[index];
                try
                {
                    results[index] = item?.Key is { Length: > 0 } key ? await carryOut(key, item, token) : new S3BulkResult("", Error: NoKey);
                }
                catch (Exception exception) when (exception is BindingException or IOException or UnauthorizedAccessException)
                {
                    results[index] = new S3BulkResult(item!.Key!, Error: exception.Message);
                }
            });
        return results;
    }

    private async Task<byte[]> ReadAsync(S3BulkItem item, bool decodes, CancellationToken cancellationToken)
    {
        var data = item.FilePath is { } path ? await File.ReadAllBytesAsync(resolvePath(path), cancellationToken) : Encoding.UTF8.GetBytes(item.Data!);
        return decodes ? S3Binding.DecodeBase64(data) : data;
    }

    /// <summary>Writes the file whole or not at all.</summary>
    private async Task GetIntoAsync(string key, string path, bool encodes, CancellationToken cancellationToken)
    {
        var part = $"{path}.{Guid.CreateVersion7():N}.tandem-part";
        try
        {
            await using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write))
            {
                if (encodes)
                {
                    using var data = new MemoryStream();
                    await client.GetAsync(key, data, cancellationToken);
                    await file.WriteAsync(S3Binding.EncodeBase64(data.ToArray()), cancellationToken);
                }
                else
                {
                    await client.GetAsync(key, file, cancellationToken);
                }
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
