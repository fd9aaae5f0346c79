using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tandem.Components.Local.Crypto;

/// <summary>AES key wrap as RFC 3394 has it; the framework knows only the padded kind of RFC 5649.</summary>
internal static class AesKeyWrap
{
    private const int Block = 8;
    private const int Rounds = 6;
    private const ulong InitialValue = 0xa6a6a6a6a6a6a6a6;

    /// <summary>Wraps a key of at least two blocks of 8 bytes.</summary>
    public static byte[] Wrap(Aes aes, ReadOnlySpan<byte> key)
    {
        if (key.Length < 2 * Block || key.Length % Block != 0)
        {
            throw new CryptographicException("the key to wrap is not of 16, 24, 32 … bytes");
        }

        var wrapped = new byte[key.Length + Block];
        key.CopyTo(wrapped.AsSpan(Block));
        var count = key.Length / Block;
        var a = InitialValue;
        Span<byte> both = stackalloc byte[2 * Block];
        for (var step = 1UL; step <= (ulong)(Rounds * count); step++)
        {
            var part = wrapped.AsSpan((int)((((step - 1) % (ulong)count) + 1) * Block), Block);
            BinaryPrimitives.WriteUInt64BigEndian(both, a);
            part.CopyTo(both[Block..]);
            aes.EncryptEcb(both, both, PaddingMode.None);
            a = BinaryPrimitives.ReadUInt64BigEndian(both) ^ step;
            both[Block..].CopyTo(part);
        }

        BinaryPrimitives.WriteUInt64BigEndian(wrapped, a);
        CryptographicOperations.ZeroMemory(both);
        return wrapped;
    }

    /// <summary>Unwraps a key.</summary>
    /// <exception cref="CryptographicException">It was wrapped with another key, or changed since.</exception>
    public static byte[] Unwrap(Aes aes, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length < 3 * Block || wrapped.Length % Block != 0)
        {
            throw new CryptographicException("the wrapped key is not of 24, 32, 40 … bytes");
        }

        var key = wrapped[Block..].ToArray();
        var count = key.Length / Block;
        var a = BinaryPrimitives.ReadUInt64BigEndian(wrapped);
        Span<byte> both = stackalloc byte[2 * Block];
        for (var step = (ulong)(Rounds * count); step > 0; step--)
        {
            var part = key.AsSpan((int)((step - 1) % (ulong)count) * Block, Block);
            BinaryPrimitives.WriteUInt64BigEndian(both, a ^ step);
            part.CopyTo(both[Block..]);
            aes.DecryptEcb(both, both, PaddingMode.None);
            a = BinaryPrimitives.ReadUInt64BigEndian(both);
            both[Block..].CopyTo(part);
        }

        CryptographicOperations.ZeroMemory(both);
        if (a != InitialValue)
        {
            CryptographicOperations.ZeroMemory(key);
            throw new CryptographicException("the key is not the one that wrapped");
        }

        return key;
    }
}
