using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Tandem.Identity.Tokens;

/// <summary>A key that tokens are signed with (ES256).</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create();

    public SigningKey(KeyStore.Row row, ReadOnlySpan<byte> privateKey)
    {
        _key.ImportPkcs8PrivateKey(privateKey, out _);
        ActiveFrom = row.ActiveFrom;
        RetiredAt = row.RetiredAt;
        Credentials = new SigningCredentials(new ECDsaSecurityKey(_key) { KeyId = row.Id }, SecurityAlgorithms.EcdsaSha256);
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        Public = new PublicKey("EC", "sig", "ES256", "P-256", row.Id, Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y));
    }

    /// <summary>From when on it signs; it is published before.</summary>
    public DateTimeOffset ActiveFrom { get; }

    /// <summary>From when on nothing is signed with it; what was signed before stays good until it expires.</summary>
    public DateTimeOffset? RetiredAt { get; }

    public SigningCredentials Credentials { get; }

    public PublicKey Public { get; }

    /// <summary>A new key, as it is stored.</summary>
    public static byte[] Generate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKey();
    }

    public void Dispose() => _key.Dispose();
}

/// <summary>A key of /.well-known/jwks.json (RFC 7517); the names are the standard's.</summary>
internal sealed record PublicKey(string Kty, string Use, string Alg, string Crv, string Kid, string X, string Y);
