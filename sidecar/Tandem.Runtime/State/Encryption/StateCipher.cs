using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tandem.Runtime.State.Encryption;

/// <summary>
/// Encrypts values as daprd does: AES-GCM under the primary key, written as base64 of nonce, ciphertext and tag, then <c>||</c> and the name
/// of the key's secret. Either key decrypts what names it, so that keys can be changed one after the other.
/// </summary>
internal sealed class StateCipher(StateEncryptionKey primary, StateEncryptionKey? secondary)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private static readonly byte[] Separator = "||"u8.ToArray();

    /// <summary>The value as it is stored.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> value)
    {
        var sealedBytes = new byte[NonceBytes + value.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);

        // An instance belongs to one operation: it is not safe for several at once.
        using (var aes = new AesGcm(primary.Bytes, TagBytes))
        {
            aes.Encrypt(nonce, value, sealedBytes.AsSpan(NonceBytes, value.Length), sealedBytes.AsSpan(NonceBytes + value.Length));
        }

        var stored = new byte[Base64.GetMaxEncodedToUtf8Length(sealedBytes.Length) + Separator.Length + primary.NameBytes.Length];
        Base64.EncodeToUtf8(sealedBytes, stored, out _, out var length);
        Separator.CopyTo(stored, length);
        primary.NameBytes.CopyTo(stored, length + Separator.Length);
        return stored;
    }

    /// <summary>The value as it was saved.</summary>
    /// <param name="acceptPlain">Whether a value that names no key is answered as it is.</param>
    /// <exception cref="StateDecryptionException">The value cannot be decrypted; the message says why.</exception>
    public ReadOnlyMemory<byte> Decrypt(ReadOnlyMemory<byte> stored, bool acceptPlain)
    {
        var separator = stored.Span.LastIndexOf(Separator);
        var name = separator < 0 ? [] : stored.Span[(separator + Separator.Length)..];
        if (Find(name) is not { } key)
        {
            return acceptPlain && !IsBase64(stored.Span[..Math.Max(separator, 0)])
                ? stored
                : throw new StateDecryptionException(name.IsEmpty
                    ? "the stored value is not encrypted: it names no key"
                    : $"the stored value was encrypted with the key '{Encoding.UTF8.GetString(name)}', which is neither the primary nor the secondary key");
        }

        return Open(key, stored.Span[..separator]);
    }

    private static byte[] Open(StateEncryptionKey key, ReadOnlySpan<byte> encoded)
    {
        var sealedBytes = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        if (Base64.DecodeFromUtf8(encoded, sealedBytes, out _, out var length) != System.Buffers.OperationStatus.Done || length < NonceBytes + TagBytes)
        {
            throw new StateDecryptionException($"the stored value names the key '{key.Name}' and is not what it encrypts");
        }

        var value = new byte[length - NonceBytes - TagBytes];
        try
        {
            using var aes = new AesGcm(key.Bytes, TagBytes);
            aes.Decrypt(sealedBytes.AsSpan(0, NonceBytes), sealedBytes.AsSpan(NonceBytes, value.Length), sealedBytes.AsSpan(NonceBytes + value.Length, TagBytes), value);
            return value;
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new StateDecryptionException($"the key '{key.Name}' does not open the stored value: it is another key of that name, or the value was changed", exception);
        }
    }

    private StateEncryptionKey? Find(ReadOnlySpan<byte> name)
        => name.IsEmpty ? null
        : name.SequenceEqual(primary.NameBytes) ? primary
        : secondary is not null && name.SequenceEqual(secondary.NameBytes) ? secondary
        : null;

    private static bool IsBase64(ReadOnlySpan<byte> text) => !text.IsEmpty && Base64.IsValid(text);
}

/// <summary>A key, and the name that its values carry.</summary>
internal sealed record StateEncryptionKey(string Name, byte[] Bytes)
{
    /// <summary>The name as it is stored.</summary>
    public byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>Never shows the key.</summary>
    public override string ToString() => Name;
}

/// <summary>A stored value cannot be decrypted.</summary>
internal sealed class StateDecryptionException(string message, Exception? innerException = null) : Exception(message, innerException);
