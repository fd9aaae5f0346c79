namespace Tandem.Runtime.Crypto;

/// <summary>How to encrypt.</summary>
/// <param name="KeyName">The key that wraps the document's own.</param>
/// <param name="Algorithm">How it wraps: <c>A256KW</c> (or <c>AES</c>), <c>A128CBC-NOPAD</c>, <c>A192CBC-NOPAD</c>, <c>A256CBC-NOPAD</c>, <c>RSA-OAEP-256</c> (or <c>RSA</c>).</param>
public sealed record EncryptRequest(string KeyName, string Algorithm)
{
    /// <summary>The key that is said to decrypt, where it is not the one that encrypts.</summary>
    public string? DecryptionKeyName { get; init; }

    /// <summary>Does not say which key decrypts.</summary>
    public bool OmitKeyName { get; init; }

    /// <summary><c>aes-gcm</c> or <c>chacha20-poly1305</c>.</summary>
    public string? Cipher { get; init; }
}
