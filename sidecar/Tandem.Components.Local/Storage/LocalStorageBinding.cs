using System.Buffers.Text;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Tandem.Components.Bindings;

namespace Tandem.Components.Local.Storage;

/// <summary><c>bindings.localstorage</c>: files in one folder.</summary>
internal sealed class LocalStorageBinding(LocalStorageOptions options) : IOutputBinding, IInitializable
{
    private static readonly FrozenDictionary<string, string> NoMetadata = FrozenDictionary<string, string>.Empty;

    private readonly StorageRoot _root = new(options.RootPath);

    /// <inheritdoc/>
    public IReadOnlyList<string> Operations { get; } = ["create", "get", "list", "delete"];

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        _root.Create();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return request.Operation switch
            {
                "create" => await CreateAsync(request, cancellationToken),
                "get" => await GetAsync(request, cancellationToken),
                "list" => List(request),
                "delete" => Delete(request),
                _ => throw new BindingException(
                    $"operation '{request.Operation}' is not one of bindings.localstorage: {string.Join(", ", Operations)}"),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BindingException($"{request.Operation} failed: {exception.Message}", exception);
        }
    }

    private static string? FileName(BindingRequest request)
        => request.Metadata.TryGetValue("fileName", out var name) && name.Length > 0 ? name : null;

    private static string RequiredFileName(BindingRequest request)
        => FileName(request) ?? throw new BindingException($"operation '{request.Operation}' needs the metadata 'fileName'");

    private static bool Flag(BindingRequest request, string name, bool defaultValue)
        => request.Metadata.TryGetValue(name, out var text)
            ? bool.TryParse(text, out var value) ? value : throw new BindingException($"metadata '{name}' must be true or false")
            : defaultValue;

    private static ReadOnlyMemory<byte> DecodeBase64(ReadOnlyMemory<byte> encoded)
    {
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        return Base64.DecodeFromUtf8(encoded.Span, decoded, out _, out var length) == System.Buffers.OperationStatus.Done
            ? decoded.AsMemory(0, length)
            : throw new BindingException("decodeBase64 is set and the data is not base64");
    }

    private async ValueTask<BindingResponse> CreateAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var name = FileName(request) ?? Guid.NewGuid().ToString();
        var file = _root.Resolve(name);
        if (Directory.Exists(file))
        {
            throw new BindingException($"'{name}' is a folder");
        }

        var data = Flag(request, "decodeBase64", options.DecodeBase64) ? DecodeBase64(request.Unquoted()) : request.Unquoted();
        await StorageRoot.WriteAsync(file, data, cancellationToken);
        return Json(new Dictionary<string, string> { ["fileName"] = name });
    }

    private async ValueTask<BindingResponse> GetAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var name = RequiredFileName(request);
        var file = _root.Resolve(name);
        if (!File.Exists(file))
        {
            throw NotFound(name);
        }

        var data = await File.ReadAllBytesAsync(file, cancellationToken);
        return new BindingResponse(
            Flag(request, "encodeBase64", options.EncodeBase64) ? Encoding.ASCII.GetBytes(Convert.ToBase64String(data)) : data,
            ContentType: null,
            NoMetadata);
    }

    private BindingResponse List(BindingRequest request)
    {
        var name = FileName(request) ?? "";
        var folder = _root.Resolve(name);
        return Directory.Exists(folder) ? Json(StorageRoot.List(folder))
            : File.Exists(folder) ? throw new BindingException($"'{name}' is not a folder")
            : throw NotFound(name);
    }

    private BindingResponse? Delete(BindingRequest request)
    {
        var name = RequiredFileName(request);
        var file = _root.Resolve(name);
        if (!File.Exists(file))
        {
            throw NotFound(name);
        }

        File.Delete(file);
        return null;
    }

    private static BindingException NotFound(string name) => new($"'{name}' was not found");

    private static BindingResponse Json<T>(T value)
        => new(JsonSerializer.SerializeToUtf8Bytes(value), "application/json", NoMetadata);
}
