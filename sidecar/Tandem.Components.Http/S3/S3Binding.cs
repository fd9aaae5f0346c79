using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Tandem.Components.Bindings;
using Tandem.Components.Metadata;

namespace Tandem.Components.Http.S3;

/// <summary><c>bindings.aws.s3</c>: objects in one bucket of S3, or of a store that speaks as it does.</summary>
internal sealed class S3Binding : IOutputBinding, IDisposable
{
    private static readonly Dictionary<string, string> NoMetadata = [];
    private static readonly TimeSpan LongestPresign = TimeSpan.FromDays(7);

    private readonly S3Client _client;
    private readonly S3Bulk _bulk;
    private readonly S3Options _options;
    private readonly Func<string, string> _resolvePath;

    public S3Binding(S3Options options, TimeProvider timeProvider, Func<string, string> resolvePath)
    {
        _options = options;
        _resolvePath = resolvePath;
        _client = new S3Client(options, timeProvider);
        _bulk = new S3Bulk(_client, resolvePath);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Operations { get; } = ["create", "get", "delete", "list", "presign", "bulkGet", "bulkCreate", "bulkDelete"];

    public static S3Binding Create(ComponentContext context) => new(S3Options.Parse(context.Metadata), context.TimeProvider, context.ResolvePath);

    /// <inheritdoc/>
    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            switch (request.Operation)
            {
                case "create":
                    return await CreateAsync(request, cancellationToken);
                case "get":
                    return await GetAsync(request, cancellationToken);
                case "delete":
                    await _client.DeleteAsync(RequiredKey(request), cancellationToken);
                    return null;
                case "list":
                    return Json(S3Payloads.WriteList(await _client.ListAsync(S3Payloads.Read<S3ListRequest>(request), cancellationToken)));
                case "presign":
                    var key = RequiredKey(request);
                    return Json(new Dictionary<string, string>
                    {
                        ["presignURL"] = Presign(key, Find(request, "presignTTL") ?? _options.PresignTtl ?? throw new BindingException("operation 'presign' needs the metadata 'presignTTL'")),
                    });
                case "bulkGet":
                    return Json(await _bulk.GetAsync(request, Flag(request, "encodeBase64", _options.EncodeBase64), cancellationToken));
                case "bulkCreate":
                    return Json(await _bulk.CreateAsync(request, Flag(request, "decodeBase64", _options.DecodeBase64), cancellationToken));
                case "bulkDelete":
                    return Json(await _bulk.DeleteAsync(request, cancellationToken));
                default:
                    throw new BindingException($"operation '{request.Operation}' is not one of bindings.aws.s3: {string.Join(", ", Operations)}");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BindingException($"{request.Operation} failed: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>The bytes that a text stands for.</summary>
    internal static byte[] DecodeBase64(ReadOnlySpan<byte> encoded)
    {
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        return Base64.DecodeFromUtf8(encoded, decoded, out _, out var length) is System.Buffers.OperationStatus.Done
            ? decoded[..length]
            : throw new BindingException("decodeBase64 is set and the data are not base64");
    }

    internal static byte[] EncodeBase64(byte[] data) => Encoding.ASCII.GetBytes(Convert.ToBase64String(data));

    private async Task<BindingResponse> CreateAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var key = Find(request, "key") ?? Guid.NewGuid().ToString();
        var headers = new List<KeyValuePair<string, string>>();
        Add("Content-Type", Find(request, "Content-Type")?.Trim());
        Add("x-amz-storage-class", Find(request, "storageClass") ?? _options.StorageClass);
        Add("x-amz-tagging", Find(request, "tags") is { } tags ? ReadTags(tags) : null);
        // Said before anything is sent: a time that cannot be read must not leave an object behind.
        var presignTtl = Find(request, "presignTTL") ?? _options.PresignTtl;
        var presigned = presignTtl is null ? null : Presign(key, presignTtl);

        await using var data = await OpenAsync(request, cancellationToken);
        var version = await _client.PutAsync(key, data, headers, cancellationToken);
        var answer = new Dictionary<string, string?> { ["location"] = _client.LocationOf(key).AbsoluteUri, ["versionID"] = version };
        if (presigned is not null)
        {
            answer["presignURL"] = presigned;
        }

        return new BindingResponse(JsonSerializer.SerializeToUtf8Bytes(answer), "application/json", new Dictionary<string, string> { ["key"] = key });

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                headers.Add(KeyValuePair.Create(name, value));
            }
        }
    }

    private async Task<Stream> OpenAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var decodes = Flag(request, "decodeBase64", _options.DecodeBase64);
        if ((Find(request, "filePath") ?? _options.FilePath) is not { } path)
        {
            var data = request.Unquoted();
            return new MemoryStream(decodes ? DecodeBase64(data.Span) : data.ToArray());
        }

        path = _resolvePath(path);
        return decodes ? new MemoryStream(DecodeBase64(await File.ReadAllBytesAsync(path, cancellationToken))) : File.OpenRead(path);
    }

    private async Task<BindingResponse> GetAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        using var data = new MemoryStream();
        await _client.GetAsync(RequiredKey(request), data, cancellationToken);
        return new BindingResponse(Flag(request, "encodeBase64", _options.EncodeBase64) ? EncodeBase64(data.ToArray()) : data.ToArray(), null, NoMetadata);
    }

    private string Presign(string key, string text)
        => GoDuration.TryParse(text, out var timeToLive) && timeToLive >= TimeSpan.FromSeconds(1) && timeToLive <= LongestPresign
            ? _client.Presign(key, timeToLive)
            : throw new BindingException($"metadata 'presignTTL' must be a duration between 1s and 168h, not '{text}'");

    /// <summary><c>a=1,b=2</c> as S3 wants it.</summary>
    private static string ReadTags(string text) => string.Join('&', text.Split(',').Select(static tag => tag.Split('=', 2, StringSplitOptions.TrimEntries) switch
    {
        [{ Length: > 0 } name, { Length: > 0 } value] => $"{SignatureV4.Encode(name)}={SignatureV4.Encode(value)}",
        _ => throw new BindingException($"metadata 'tags' must be of the form name=value,name=value; '{tag}' is not"),
    }));

    private static string RequiredKey(BindingRequest request)
        => Find(request, "key") ?? throw new BindingException($"operation '{request.Operation}' needs the metadata 'key'");

    private static string? Find(BindingRequest request, string name) => request.Metadata.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static bool Flag(BindingRequest request, string name, bool defaultValue)
        => Find(request, name) is not { } text ? defaultValue
            : bool.TryParse(text, out var value) ? value
            : throw new BindingException($"metadata '{name}' must be true or false");

    private static BindingResponse Json<T>(T value) => Json(JsonSerializer.SerializeToUtf8Bytes(value));

    private static BindingResponse Json(byte[] value) => new(value, "application/json", NoMetadata);
}
