using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Tandem.ServiceDefaults;

/// <summary>Checks a user's token: signed by a key of identity with ES256, from the right issuer, for us, and of now.</summary>
internal sealed class TokenReader(ISigningKeys keys, TimeProvider time)
{
    private const int LongestToken = 8 * 1024;
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);
    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = LongestToken };

    /// <summary>The user that the token names, or nothing when it is not good.</summary>
    public async ValueTask<ClaimsIdentity?> ReadAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > LongestToken || KeyIdOf(token) is not { Length: > 0 } keyId
            || await keys.FindAsync(keyId, cancellationToken) is not { } key)
        {
            return null;
        }

        var result = _handler.ValidateToken(token, new TokenValidationParameters
        {
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidIssuer = TandemClaims.Issuer,
            ValidAudience = TandemClaims.Audience,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            LifetimeValidator = IsOfNow,
            NameClaimType = TandemClaims.Name,
            RoleClaimType = TandemClaims.Role,
        });
        return result.IsValid && result.ClaimsIdentity.HasClaim(static claim => claim.Type == TandemClaims.Subject)
            ? result.ClaimsIdentity
            : null;
    }

    private string? KeyIdOf(string token)
    {
        if (!_handler.CanReadToken(token))
        {
            return null;
        }

        try
        {
            return _handler.ReadJsonWebToken(token).Kid;
        }
        catch (ArgumentException)
        {
            // Three parts with dots between them, and nothing of a token in them.
            return null;
        }
    }

    private bool IsOfNow(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires is { } end && now - ClockSkew < end && (notBefore is not { } start || now + ClockSkew >= start);
    }
}
