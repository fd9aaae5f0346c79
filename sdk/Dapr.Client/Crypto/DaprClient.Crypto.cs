using System.Diagnostics.CodeAnalysis;

namespace Dapr.Client;

public abstract partial class DaprClient
{
    private const string CryptographyDiagnostic = "DAPR_CRYPTOGRAPHY";
    private const string CryptographyPage = "https://docs.dapr.io/developing-applications/building-blocks/cryptography/cryptography-overview/";

    /// <summary>Encrypts bytes with a key of a vault.</summary>
    [Experimental(CryptographyDiagnostic, UrlFormat = CryptographyPage)]
    public abstract Task<ReadOnlyMemory<byte>> EncryptAsync(string vaultResourceName, ReadOnlyMemory<byte> plaintextBytes, string keyName, EncryptionOptions encryptionOptions, CancellationToken cancellationToken = default);

    /// <summary>Encrypts a stream with a key of a vault, as it is read.</summary>
    [Experimental(CryptographyDiagnostic, UrlFormat = CryptographyPage)]
    public abstract IAsyncEnumerable<ReadOnlyMemory<byte>> EncryptAsync(string vaultResourceName, Stream plaintextStream, string keyName, EncryptionOptions encryptionOptions, CancellationToken cancellationToken = default);

    /// <summary>Decrypts bytes with a key of a vault.</summary>
    [Experimental(CryptographyDiagnostic, UrlFormat = CryptographyPage)]
    public abstract Task<ReadOnlyMemory<byte>> DecryptAsync(string vaultResourceName, ReadOnlyMemory<byte> ciphertextBytes, string keyName, DecryptionOptions options, CancellationToken cancellationToken = default);

    /// <summary>Decrypts bytes with a key of a vault.</summary>
    [Experimental(CryptographyDiagnostic, UrlFormat = CryptographyPage)]
    public abstract Task<ReadOnlyMemory<byte>> DecryptAsync(string vaultResourceName, ReadOnlyMemory<byte> ciphertextBytes, string keyName, CancellationToken cancellationToken = default);

    /// <summary>Decrypts a stream with a key of a vault, as it is read.</summary>
    [Experimental(CryptographyDiagnostic, UrlFormat = CryptographyPage)]
    public abstract IAsyncEnumerable<ReadOnlyMemory<byte>> DecryptAsync(string vaultResourceName, Stream ciphertextStream, string keyName, DecryptionOptions options, CancellationToken cancellationToken = default);

    /// <summary>Decrypts a stream with a key of a vault, as it is read.</summary>
    [Experimental(CryptographyDiagnostic, UrlFormat = CryptographyPage)]
    public abstract IAsyncEnumerable<ReadOnlyMemory<byte>> DecryptAsync(string vaultResourceName, Stream ciphertextStream, string keyName, CancellationToken cancellationToken = default);
}
