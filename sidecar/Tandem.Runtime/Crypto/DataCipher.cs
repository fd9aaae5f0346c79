namespace Tandem.Runtime.Crypto;

/// <summary>What encrypts the data of a document. The numbers are those of the scheme's manifest.</summary>
public enum DataCipher
{
    /// <summary>AES-GCM with 256 bits.</summary>
    AesGcm = 1,

    /// <summary>ChaCha20-Poly1305.</summary>
    ChaCha20Poly1305 = 2,
}
