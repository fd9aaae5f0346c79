using System.Text.Json;
using Tandem.Components.Metadata;
using Tandem.Components.Secrets;

namespace Tandem.Components.Local.Secrets;

/// <summary><c>secretstores.local.file</c>: secrets from a JSON file, read at start and on each hot reload.</summary>
internal sealed class FileSecretStore(FileSecretStoreOptions options) : ISecretStore, IInitializable, IFileReader
{
    private volatile IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> _secrets =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <inheritdoc/>
    public string Path => options.Path;

    /// <inheritdoc/>
    public ValueTask ReadAgainAsync(CancellationToken cancellationToken) => InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(options.Path);
            using var document = await JsonDocument.ParseAsync(file, cancellationToken: cancellationToken);
            _secrets = document.RootElement.ValueKind == JsonValueKind.Object
                ? SecretFile.Read(document.RootElement, options)
                : throw new ComponentMetadataException(FileSecretStoreOptions.PathField, $"names {options.Path}, which holds no JSON object");
        }
        catch (JsonException exception)
        {
            // The parser's message quotes the text around the fault, and that text is a secret.
            throw new ComponentMetadataException(
                FileSecretStoreOptions.PathField, $"names {options.Path}, which is not valid JSON (line {exception.LineNumber + 1})");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ComponentMetadataException(FileSecretStoreOptions.PathField, $"names a file that cannot be read: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, CancellationToken cancellationToken)
        => ValueTask.FromResult(_secrets.GetValueOrDefault(name));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(CancellationToken cancellationToken)
        => ValueTask.FromResult(_secrets);
}
