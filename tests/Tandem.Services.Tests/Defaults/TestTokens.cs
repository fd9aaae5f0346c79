using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults;

/// <summary>User tokens as identity would sign them, with a key that the fake sidecar publishes as identity's.</summary>
public static class TestTokens
{
    private const string KeyId = "test-key";
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>What they are signed with.</summary>
    public static readonly SigningCredentials Credentials = new(new ECDsaSecurityKey(Key) { KeyId = KeyId }, SecurityAlgorithms.EcdsaSha256);

    /// <summary>What identity's /.well-known/jwks.json says in these tests.</summary>
    public static object Jwks
    {
        get
        {
            var point = Key.ExportParameters(includePrivateParameters: false).Q;
            return new
            {
                keys = new[]
                {
                    new { kty = "EC", use = "sig", alg = "ES256", crv = "P-256", kid = KeyId, x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) },
                },
            };
        }
    }

    /// <summary>A good token, unless told otherwise.</summary>
    public static string Create(
        string userId,
        string[]? roles = null,
        string issuer = TandemClaims.Issuer,
        string audience = TandemClaims.Audience,
        DateTimeOffset? expires = null,
        SigningCredentials? credentials = null)
        => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Expires = (expires ?? DateTimeOffset.UtcNow.AddYears(10)).UtcDateTime,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [TandemClaims.Subject] = userId,
                [TandemClaims.Email] = $"{userId}@example.com",
                [TandemClaims.Name] = "Test User",
                [TandemClaims.Role] = roles is { Length: > 0 } ? roles : [TandemClaims.CustomerRole],
            },
            SigningCredentials = credentials ?? Credentials,
        });
}
