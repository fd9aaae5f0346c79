using System.Security.Cryptography;

namespace Tandem.Runtime.Crypto;

/// <summary>The key of one document, random and used once, and what is derived from it. Disposing it wipes it.</summary>
internal sealed class FileKey(byte[] key) : IDisposable
{
    /// <summary>The length in bytes.</summary>
    public const int Size = 32;

    /// <summary>A new key.</summary>
    public static FileKey Create() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>The key itself, to be wrapped.</summary>
    public ReadOnlyMemory<byte> Bytes => key;

    /// <summary>Signs the first two lines of a header.</summary>
    public byte[] Sign(ReadOnlySpan<byte> header)
    {
        var macKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, Size, info: "header"u8.ToArray());
        try
        {
            return HMACSHA256.HashData(macKey, header);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(macKey);
        }
    }

    /// <summary>What encrypts or decrypts the document's segments.</summary>
    public SegmentCipher CreateCipher(DataCipher cipher, byte[] noncePrefix)
    {
        var payloadKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, Size, noncePrefix, "payload"u8.ToArray());
        try
        {
            return new SegmentCipher(cipher, payloadKey, noncePrefix);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(payloadKey);
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(key);
}
