using System.Globalization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tandem.Identity.Users;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Tokens;

/// <summary>Writes the tokens that every service of the mesh accepts.</summary>
internal sealed class AccessTokens(KeyRing keys, TimeProvider time)
{
    /// <summary>Short, because a token cannot be called back.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    public string Create(User user)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = TandemClaims.Issuer,
            Audience = TandemClaims.Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lifetime,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [TandemClaims.Subject] = user.Id,
                [TandemClaims.Email] = user.Email,
                [TandemClaims.Name] = user.Name,
                [TandemClaims.Role] = user.Roles.ToArray(),
                ["jti"] = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture),
            },
            SigningCredentials = keys.Current,
        });
    }
}
