using System.Security.Cryptography;
using System.Text;

namespace Tandem.Identity.Tokens;

/// <summary>
/// Private keys as they are stored: AES-256-GCM under a key derived from the secret, bound to the id of the row, so that no row can stand for
/// another. Layout: version, nonce, tag, ciphertext.
/// </summary>
internal sealed class KeyProtector(ReadOnlySpan<byte> secret, string place)
{
    private const byte Version = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int HeadSize = 1 + NonceSize + TagSize;

    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.ToArray(), outputLength: 32, info: "tandem identity signing keys"u8.ToArray());

    /// <summary>Whether it was stored by this class and not, as by earlier versions, as it is: a PKCS #8 document begins with another byte.</summary>
    public static bool IsProtected(ReadOnlySpan<byte> stored) => stored is [Version, ..];

    public byte[] Protect(string id, ReadOnlySpan<byte> privateKey)
    {
        var stored = new byte[HeadSize + privateKey.Length];
        stored[0] = Version;
        RandomNumberGenerator.Fill(stored.AsSpan(1, NonceSize));
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(stored.AsSpan(1, NonceSize), privateKey, stored.AsSpan(HeadSize), stored.AsSpan(1 + NonceSize, TagSize), Encoding.UTF8.GetBytes(id));
        return stored;
    }

    /// <exception cref="InvalidOperationException">It was protected with another secret, or changed since.</exception>
    public byte[] Unprotect(string id, ReadOnlySpan<byte> stored)
    {
        try
        {
            var privateKey = new byte[stored.Length - HeadSize];
            using var aes = new AesGcm(_key, TagSize);
            aes.Decrypt(stored.Slice(1, NonceSize), stored[HeadSize..], stored.Slice(1 + NonceSize, TagSize), privateKey, Encoding.UTF8.GetBytes(id));
            return privateKey;
        }
        catch (Exception exception) when (exception is CryptographicException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new InvalidOperationException(
                $"The signing key {id} cannot be opened: {place} is not what it was encrypted with. Bring the right one back; without it, delete the rows of signing_keys and new ones are made.",
                exception);
        }
    }
}
