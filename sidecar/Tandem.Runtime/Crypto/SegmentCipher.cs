using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tandem.Runtime.Crypto;

/// <summary>
/// Encrypts or decrypts the segments of a document one after the other. A nonce holds the segment's number and whether it is the last, so
/// that none can be moved, left out or cut off unseen.
/// </summary>
internal sealed class SegmentCipher : IDisposable
{
    /// <summary>The bytes of a segment; the last may have fewer.</summary>
    public const int SegmentSize = 64 * 1024;

    /// <summary>What stands behind each encrypted segment.</summary>
    public const int TagSize = 16;

    /// <summary>How many bytes of a nonce are the document's.</summary>
    public const int NoncePrefixSize = 7;

    private const int NonceSize = 12;

    private readonly AesGcm? _aes;
    private readonly ChaCha20Poly1305? _chaCha;
    private readonly byte[] _nonce = new byte[NonceSize];
    private uint _next;
    private bool _isFull;

    public SegmentCipher(DataCipher cipher, byte[] key, byte[] noncePrefix)
    {
        noncePrefix.CopyTo(_nonce, 0);
        if (cipher is DataCipher.AesGcm)
        {
            _aes = new AesGcm(key, TagSize);
        }
        else if (ChaCha20Poly1305.IsSupported)
        {
            _chaCha = new ChaCha20Poly1305(key);
        }
        else
        {
            throw new CryptographicException("ChaCha20-Poly1305 is not there on this machine");
        }
    }

    /// <summary>Encrypts the next segment; its tag comes behind it.</summary>
    public void Encrypt(ReadOnlySpan<byte> segment, Span<byte> encrypted, bool isLast)
    {
        var nonce = NextNonce(isLast);
        var data = encrypted[..segment.Length];
        var tag = encrypted.Slice(segment.Length, TagSize);
        _aes?.Encrypt(nonce, segment, data, tag);
        _chaCha?.Encrypt(nonce, segment, data, tag);
    }

    /// <summary>Decrypts the next segment, which has its tag behind it.</summary>
    /// <exception cref="CryptographicException">It is not what was encrypted.</exception>
    public void Decrypt(ReadOnlySpan<byte> encrypted, Span<byte> segment, bool isLast)
    {
        var nonce = NextNonce(isLast);
        var data = encrypted[..^TagSize];
        var tag = encrypted[^TagSize..];
        _aes?.Decrypt(nonce, data, tag, segment);
        _chaCha?.Decrypt(nonce, data, tag, segment);
    }

    public void Dispose()
    {
        _aes?.Dispose();
        _chaCha?.Dispose();
    }

    private byte[] NextNonce(bool isLast)
    {
        if (_isFull)
        {
            throw new CryptographicException("the document has more segments than can be counted");
        }

        BinaryPrimitives.WriteUInt32BigEndian(_nonce.AsSpan(NoncePrefixSize), _next);
        _nonce[^1] = isLast ? (byte)1 : (byte)0;
        _isFull = ++_next == 0;
        return _nonce;
    }
}
