using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Security;

/// <summary>Tokens of an admin that look right and are wrong in one thing each.</summary>
internal static class ForgedTokens
{
    public static IEnumerable<(string What, string Token)> Of(SigningCredentials credentials)
    {
        var good = ((ECDsaSecurityKey)credentials.Key).ECDsa;
        var kid = credentials.Key.KeyId;
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        var header = new Dictionary<string, object> { ["alg"] = "ES256", ["typ"] = "JWT", ["kid"] = kid };
        var otherKey = PublicJwk(other, kid);

        yield return ("alg none", Write(With(header, "alg", "none"), Payload(now), null));
        yield return ("alg NoNe", Write(With(header, "alg", "NoNe"), Payload(now), null));
        yield return ("alg none with a signature", Write(With(header, "alg", "none"), Payload(now), other));
        yield return ("another key under our kid", Write(header, Payload(now), other));
        yield return ("another key in its own head", Write(With(header, "jwk", otherKey), Payload(now), other));
        yield return ("another key at an address", Write(With(header, "jku", "http://127.0.0.1:1/keys"), Payload(now), other));
        yield return ("a certificate at an address", Write(With(header, "x5u", "http://127.0.0.1:1/chain"), Payload(now), other));
        yield return ("the public key as a shared secret", WriteHmac(With(header, "alg", "HS256"), Payload(now), good));
        yield return ("no signature", $"{Write(header, Payload(now), good)[..Write(header, Payload(now), good).LastIndexOf('.')]}.");
        yield return ("expired", Write(header, With(Payload(now), "exp", (now - TimeSpan.FromMinutes(5)).ToUnixTimeSeconds()), good));
        yield return ("without an end", Write(header, Without(Payload(now), "exp"), good));
        yield return ("not valid yet", Write(header, With(Payload(now), "nbf", (now + TimeSpan.FromMinutes(10)).ToUnixTimeSeconds()), good));
        yield return ("for another audience", Write(header, With(Payload(now), "aud", "somebody"), good));
        yield return ("without an audience", Write(header, Without(Payload(now), "aud"), good));
        yield return ("of another issuer", Write(header, With(Payload(now), "iss", "somebody"), good));
        yield return ("without an issuer", Write(header, Without(Payload(now), "iss"), good));
        yield return ("of nobody", Write(header, Without(Payload(now), "sub"), good));
        yield return ("a changed payload", Swap(Write(header, With(Payload(now), "role", "customer"), good), Payload(now)));
        foreach (var injected in (string[])["../../../../dev/null", "' OR '1'='1", "/etc/passwd", "http://127.0.0.1:1/", "", new string('k', 5000)])
        {
            yield return ($"kid {injected[..Math.Min(injected.Length, 20)]}", Write(With(header, "kid", injected), Payload(now), other));
        }

        yield return ("without a kid", Write(Without(header, "kid"), Payload(now), good));
        yield return ("no token at all", "x");
        yield return ("three empty parts", "..");
        yield return ("more than a token", new string('a', 100_000));
    }

    /// <summary>A good one, to show that the others are refused for what is wrong with them.</summary>
    public static string Good(SigningCredentials credentials)
        => Write(
            new Dictionary<string, object> { ["alg"] = "ES256", ["typ"] = "JWT", ["kid"] = credentials.Key.KeyId },
            Payload(DateTimeOffset.UtcNow),
            ((ECDsaSecurityKey)credentials.Key).ECDsa);

    private static Dictionary<string, object> Payload(DateTimeOffset now) => new()
    {
        ["iss"] = TandemClaims.Issuer,
        ["aud"] = TandemClaims.Audience,
        ["sub"] = Ids.New(),
        ["role"] = TandemClaims.AdminRole,
        ["exp"] = (now + TimeSpan.FromMinutes(10)).ToUnixTimeSeconds(),
    };

    private static Dictionary<string, object> With(Dictionary<string, object> claims, string name, object value) => new(claims) { [name] = value };

    private static Dictionary<string, object> Without(Dictionary<string, object> claims, string name)
        => claims.Where(claim => claim.Key != name).ToDictionary(static claim => claim.Key, static claim => claim.Value);

    private static string Write(Dictionary<string, object> header, Dictionary<string, object> payload, ECDsa? key)
    {
        var content = $"{Encode(header)}.{Encode(payload)}";
        return $"{content}.{(key is null ? "" : Base64UrlEncoder.Encode(key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256)))}";
    }

    private static string WriteHmac(Dictionary<string, object> header, Dictionary<string, object> payload, ECDsa publicKey)
    {
        var content = $"{Encode(header)}.{Encode(payload)}";
        return $"{content}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(Encoding.ASCII.GetBytes(publicKey.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(content)))}";
    }

    private static string Swap(string token, Dictionary<string, object> payload)
    {
        var parts = token.Split('.');
        return $"{parts[0]}.{Encode(payload)}.{parts[2]}";
    }

    private static string Encode(Dictionary<string, object> part) => Base64UrlEncoder.Encode(JsonSerializer.SerializeToUtf8Bytes(part));

    private static Dictionary<string, string> PublicJwk(ECDsa key, string kid)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new() { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = kid, ["x"] = Base64UrlEncoder.Encode(point.X), ["y"] = Base64UrlEncoder.Encode(point.Y) };
    }
}
