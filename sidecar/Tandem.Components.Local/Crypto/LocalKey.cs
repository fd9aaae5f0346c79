using System.Security.Cryptography;
using Tandem.Components.Crypto;

namespace Tandem.Components.Local.Crypto;

/// <summary>A key that was read: RSA, or a symmetric one. Disposing it wipes it.</summary>
internal sealed class LocalKey : IDisposable
{
    // A wrapped key has no place for an initialization vector, and the file key that is wrapped is random: zeros do.
    private static readonly byte[] NoVector = new byte[16];

    private readonly RSA? _rsa;
    private readonly byte[] _secret = [];

    public LocalKey(RSA rsa) => _rsa = rsa;

    public LocalKey(byte[] secret) => _secret = secret;

    /// <summary>The bits of a symmetric key; none for RSA.</summary>
    public int SecretBits => _secret.Length * 8;

    public byte[] Wrap(ReadOnlySpan<byte> key, string algorithm)
    {
        if (algorithm is KeyWrapAlgorithms.RsaOaep256)
        {
            return Rsa(algorithm).Encrypt(key, RSAEncryptionPadding.OaepSHA256);
        }

        using var aes = CreateAes(algorithm);
        return algorithm is KeyWrapAlgorithms.Aes256KeyWrap ? AesKeyWrap.Wrap(aes, key) : aes.EncryptCbc(key, NoVector, PaddingMode.None);
    }

    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, string algorithm)
    {
        if (algorithm is KeyWrapAlgorithms.RsaOaep256)
        {
            return Rsa(algorithm).Decrypt(wrapped, RSAEncryptionPadding.OaepSHA256);
        }

        using var aes = CreateAes(algorithm);
        return algorithm is KeyWrapAlgorithms.Aes256KeyWrap ? AesKeyWrap.Unwrap(aes, wrapped) : aes.DecryptCbc(wrapped, NoVector, PaddingMode.None);
    }

    public void Dispose()
    {
        _rsa?.Dispose();
        CryptographicOperations.ZeroMemory(_secret);
    }

    private RSA Rsa(string algorithm) => _rsa ?? throw new CryptoException($"{algorithm} needs an RSA key, and this one is symmetric");

    private Aes CreateAes(string algorithm)
    {
        var bits = algorithm switch
        {
            KeyWrapAlgorithms.Aes256KeyWrap or KeyWrapAlgorithms.Aes256Cbc => 256,
            KeyWrapAlgorithms.Aes192Cbc => 192,
            KeyWrapAlgorithms.Aes128Cbc => 128,
            _ => throw new CryptoException($"the algorithm '{algorithm}' is not known"),
        };
        if (SecretBits != bits)
        {
            throw new CryptoException($"{algorithm} needs a symmetric key of {bits} bits, and this one {(_rsa is null ? $"has {SecretBits}" : "is RSA")}");
        }

        var aes = Aes.Create();
        aes.Key = _secret;
        return aes;
    }
}
