using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tandem.Components.Crypto;

namespace Tandem.Components.Local.Crypto;

/// <summary>
/// Reads a key file: PEM (PKCS#1, PKCS#8 or a public key), a JSON Web Key, or a symmetric key as its bytes or in base64. The file's
/// ending says which; without one its beginning does.
/// </summary>
internal static class KeyReader
{
    /// <exception cref="CryptoException">It is no key; the message shows nothing of it.</exception>
    public static LocalKey Read(byte[] file, string extension)
    {
        try
        {
            return (extension.ToUpperInvariant(), file) switch
            {
                (_, []) => throw new CryptoException("the key file is empty"),
                (".JSON", _) => ReadJwk(file),
                (".PEM", _) => ReadPem(file),
                (_, [(byte)'{', ..]) when file.Length is not (16 or 24 or 32) => ReadJwk(file),
                (_, [(byte)'-', (byte)'-', (byte)'-', (byte)'-', (byte)'-', ..]) => ReadPem(file),
                _ => new LocalKey(ReadSecret(file)),
            };
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // What these say of the file may quote from it.
            throw new CryptoException("the key file cannot be read: it is no PEM of an RSA key, no JSON Web Key and no symmetric key");
        }
    }

    private static LocalKey ReadPem(byte[] file)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(Encoding.ASCII.GetChars(file));
            return new LocalKey(rsa);
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    private static LocalKey ReadJwk(byte[] file)
    {
        using var document = JsonDocument.Parse(file);
        var jwk = document.RootElement;
        return jwk.GetProperty("kty").GetString() switch
        {
            "oct" => new LocalKey(Part(jwk, "k") ?? throw new FormatException()),
            "RSA" => new LocalKey(RSA.Create(new RSAParameters
            {
                Modulus = Part(jwk, "n"),
                Exponent = Part(jwk, "e"),
                D = Part(jwk, "d"),
                P = Part(jwk, "p"),
                Q = Part(jwk, "q"),
                DP = Part(jwk, "dp"),
                DQ = Part(jwk, "dq"),
                InverseQ = Part(jwk, "qi"),
            })),
            _ => throw new CryptoException("the key is of a type (kty) that wraps no keys: RSA and oct do"),
        };
    }

    private static byte[]? Part(JsonElement jwk, string name)
        => jwk.TryGetProperty(name, out var part) ? Base64Url.DecodeFromChars(part.GetString()) : null;

    /// <summary>Base64 of either alphabet, padded or not, on one line; whatever else it is are the key's bytes.</summary>
    private static byte[] ReadSecret(byte[] file)
    {
        var text = Encoding.Latin1.GetString(file).TrimEnd('\r', '\n').TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_') && Base64Url.IsValid(text)
            ? Base64Url.DecodeFromChars(text)
            : file;
    }
}
