using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tandem.Components.Crypto;

namespace Tandem.Runtime.Crypto;

/// <summary>The second line of a document's header.</summary>
/// <param name="KeyName">The key that unwraps the file key, when it is said.</param>
/// <param name="Algorithm">How the file key is wrapped.</param>
internal sealed record Manifest(string? KeyName, string Algorithm, byte[] WrappedKey, DataCipher Cipher, byte[] NoncePrefix)
{
    // The position of each is its number in the manifest.
    private static readonly string[] Algorithms =
    [
        "", KeyWrapAlgorithms.Aes256KeyWrap, KeyWrapAlgorithms.Aes128Cbc, KeyWrapAlgorithms.Aes192Cbc, KeyWrapAlgorithms.Aes256Cbc, KeyWrapAlgorithms.RsaOaep256,
    ];

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The algorithm of that name; <c>AES</c> and <c>RSA</c> are short for one each.</summary>
    public static string? FindAlgorithm(string name) => name switch
    {
        "AES" => KeyWrapAlgorithms.Aes256KeyWrap,
        "RSA" => KeyWrapAlgorithms.RsaOaep256,
        "" => null,
        _ => Algorithms.Contains(name) ? name : null,
    };

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="CryptoException">It is none.</exception>
    public static Manifest Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var algorithm = root.GetProperty("kw").GetInt32();
            var manifest = new Manifest(
                root.TryGetProperty("k", out var name) ? name.GetString() : null,
                algorithm > 0 && algorithm < Algorithms.Length ? Algorithms[algorithm] : throw Fault("kw"),
                root.GetProperty("wfk").GetBytesFromBase64(),
                (DataCipher)root.GetProperty("cph").GetInt32(),
                root.GetProperty("np").GetBytesFromBase64());
            return manifest.WrappedKey.Length == 0 ? throw Fault("wfk")
                : !Enum.IsDefined(manifest.Cipher) ? throw Fault("cph")
                : manifest.NoncePrefix.Length != SegmentCipher.NoncePrefixSize ? throw Fault("np")
                : manifest;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new CryptoException("the document's header has no manifest that can be read", exception);
        }
    }

    /// <summary>The manifest on one line.</summary>
    public byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartObject();
            if (!string.IsNullOrEmpty(KeyName))
            {
                writer.WriteString("k"u8, KeyName);
            }

            writer.WriteNumber("kw"u8, Array.IndexOf(Algorithms, Algorithm));
            writer.WriteBase64String("wfk"u8, WrappedKey);
            writer.WriteNumber("cph"u8, (int)Cipher);
            writer.WriteBase64String("np"u8, NoncePrefix);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static CryptoException Fault(string field) => new($"the document's manifest has a {field} that is not known");
}
