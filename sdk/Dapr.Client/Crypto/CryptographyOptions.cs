using System.Runtime.Serialization;

namespace Dapr.Client;

/// <summary>The cipher that the data is encrypted with.</summary>
public enum DataEncryptionCipher
{
    /// <summary>AES-GCM.</summary>
    [EnumMember(Value = "aes-gcm")]
    AesGcm,

    /// <summary>ChaCha20-Poly1305.</summary>
    [EnumMember(Value = "chacha20-poly1305")]
    ChaCha20Poly1305,
}

/// <summary>How the key of the data is wrapped with the key of the vault.</summary>
public enum KeyWrapAlgorithm
{
    /// <summary>The same as <see cref="A256kw"/>.</summary>
    [EnumMember(Value = "A256KW")]
    Aes,

    /// <summary>AES key wrap, 256 bits.</summary>
    [EnumMember(Value = "A256KW")]
    A256kw,

    /// <summary>AES-CBC, 128 bits.</summary>
    [EnumMember(Value = "A128CBC")]
    A128cbc,

    /// <summary>AES-CBC, 192 bits.</summary>
    [EnumMember(Value = "A192CBC")]
    A192cbc,

    /// <summary>AES-CBC, 256 bits.</summary>
    [EnumMember(Value = "A256CBC")]
    A256cbc,

    /// <summary>The same as <see cref="RsaOaep256"/>.</summary>
    [EnumMember(Value = "RSA-OAEP-256")]
    Rsa,

    /// <summary>RSA-OAEP with SHA-256.</summary>
    [EnumMember(Value = "RSA-OAEP-256")]
    RsaOaep256,
}

/// <summary>How data is encrypted.</summary>
public class EncryptionOptions(KeyWrapAlgorithm keyWrapAlgorithm)
{
    private int _blockSize = DecryptionOptions.DefaultBlockSize;

    /// <summary>How the key of the data is wrapped.</summary>
    public KeyWrapAlgorithm KeyWrapAlgorithm { get; set; } = keyWrapAlgorithm;

    /// <summary>How much of the stream goes in one message, in bytes; 4096 unless told.</summary>
    public int StreamingBlockSizeInBytes
    {
        get => _blockSize;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _blockSize = value;
        }
    }

    /// <summary>The name of the key for decryption that is written into the ciphertext; none unless told, so that it has to be named again.</summary>
    public string? DecryptionKeyName { get; set; }

    /// <summary>The cipher of the data.</summary>
    public DataEncryptionCipher EncryptionCipher { get; set; } = DataEncryptionCipher.AesGcm;
}

/// <summary>How data is decrypted.</summary>
public class DecryptionOptions
{
    internal const int DefaultBlockSize = 4 * 1024;

    private int _blockSize = DefaultBlockSize;

    /// <summary>How much of the stream goes in one message, in bytes; 4096 unless told.</summary>
    public int StreamingBlockSizeInBytes
    {
        get => _blockSize;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _blockSize = value;
        }
    }
}
