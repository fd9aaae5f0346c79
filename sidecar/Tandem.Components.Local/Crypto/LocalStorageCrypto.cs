using System.Security.Cryptography;
using Tandem.Components.Crypto;
using Tandem.Components.Metadata;

namespace Tandem.Components.Local.Crypto;

/// <summary><c>crypto.dapr.localstorage</c>: each key is a file of one folder, named as the file is. Read anew each time, so that a key can be exchanged.</summary>
internal sealed class LocalStorageCrypto(string folder) : ICryptoProvider
{
    private const int LargestFile = 64 * 1024;

    public static LocalStorageCrypto Create(ComponentContext context)
    {
        var folder = Path.TrimEndingDirectorySeparator(context.ResolvePath(context.Metadata.GetRequiredString("path")));
        return Directory.Exists(folder) ? new LocalStorageCrypto(folder) : throw new ComponentMetadataException("path", $"is no folder: '{folder}'");
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> WrapKeyAsync(ReadOnlyMemory<byte> key, string algorithm, string keyName, CancellationToken cancellationToken)
    {
        using var own = await ReadAsync(keyName, cancellationToken);
        return Use(keyName, () => own.Wrap(key.Span, algorithm));
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> UnwrapKeyAsync(ReadOnlyMemory<byte> wrapped, string algorithm, string keyName, CancellationToken cancellationToken)
    {
        using var own = await ReadAsync(keyName, cancellationToken);
        return Use(keyName, () => own.Unwrap(wrapped.Span, algorithm));
    }

    private static byte[] Use(string keyName, Func<byte[]> operation)
    {
        try
        {
            return operation();
        }
        catch (CryptographicException exception)
        {
            throw new CryptoException($"the key '{keyName}' cannot be used for this", exception);
        }
        catch (CryptoException exception)
        {
            throw new CryptoException($"the key '{keyName}' cannot be used for this: {exception.Message}", exception);
        }
    }

    private async Task<LocalKey> ReadAsync(string keyName, CancellationToken cancellationToken)
    {
        var path = Resolve(keyName);
        byte[] file;
        try
        {
            if (new FileInfo(path).Length > LargestFile)
            {
                throw new CryptoException($"the key '{keyName}' is larger than a key can be");
            }

            file = await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CryptoException($"the key '{keyName}' is not there or cannot be read", exception);
        }

        try
        {
            return KeyReader.Read(file, Path.GetExtension(path));
        }
        catch (CryptoException exception)
        {
            throw new CryptoException($"the key '{keyName}' cannot be used: {exception.Message}");
        }
    }

    /// <summary>A key's file. Links are followed: a mounted secret is one.</summary>
    private string Resolve(string keyName)
    {
        var path = keyName.Length == 0 || keyName.Contains("..", StringComparison.Ordinal) || keyName.Contains('\0', StringComparison.Ordinal)
            ? folder
            : Path.GetFullPath(keyName.TrimStart('/'), folder);
        return path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new CryptoException("the key's name leads out of the component's path");
    }
}
