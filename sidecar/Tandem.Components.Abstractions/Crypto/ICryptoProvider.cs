namespace Tandem.Components.Crypto;

/// <summary>Wraps and unwraps keys with keys of its own, which never leave it.</summary>
public interface ICryptoProvider
{
    /// <summary>Encrypts a key with the named one.</summary>
    /// <exception cref="CryptoException">There is no such key, or it is not of a kind for the algorithm.</exception>
    ValueTask<byte[]> WrapKeyAsync(ReadOnlyMemory<byte> key, string algorithm, string keyName, CancellationToken cancellationToken);

    /// <summary>Decrypts a key with the named one.</summary>
    /// <exception cref="CryptoException">There is no such key, it is not of a kind for the algorithm, or not the one that encrypted.</exception>
    ValueTask<byte[]> UnwrapKeyAsync(ReadOnlyMemory<byte> wrapped, string algorithm, string keyName, CancellationToken cancellationToken);
}

/// <summary>The names of the algorithms that wrap keys, as in JSON Web Algorithms.</summary>
public static class KeyWrapAlgorithms
{
    /// <summary>AES key wrap (RFC 3394) with a key of 256 bits.</summary>
    public const string Aes256KeyWrap = "A256KW";

    /// <summary>AES-CBC without padding, with a key of 128 bits.</summary>
    public const string Aes128Cbc = "A128CBC-NOPAD";

    /// <summary>AES-CBC without padding, with a key of 192 bits.</summary>
    public const string Aes192Cbc = "A192CBC-NOPAD";

    /// <summary>AES-CBC without padding, with a key of 256 bits.</summary>
    public const string Aes256Cbc = "A256CBC-NOPAD";

    /// <summary>RSA-OAEP with SHA-256.</summary>
    public const string RsaOaep256 = "RSA-OAEP-256";
}

/// <summary>An operation with a key failed; the message is fit for callers and shows nothing of a key.</summary>
public sealed class CryptoException(string message, Exception? innerException = null) : Exception(message, innerException);
