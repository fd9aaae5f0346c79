using FluentValidation;
using Tandem.Identity.Tokens;
using Tandem.Identity.Users;

namespace Tandem.Identity.Sessions;

/// <summary>A signed-in user's tokens.</summary>
/// <param name="ExpiresIn">For how many seconds the access token is good.</param>
internal sealed record SessionResponse(string AccessToken, int ExpiresIn, string RefreshToken, UserResponse User)
{
    public static SessionResponse Create(User user, AccessTokens tokens, string refreshToken)
        => new(tokens.Create(user), (int)AccessTokens.Lifetime.TotalSeconds, refreshToken, UserResponse.From(user));
}

/// <summary>The token to go on with, or to end.</summary>
internal sealed record RefreshRequest(string? RefreshToken)
{
    internal sealed class Validator : AbstractValidator<RefreshRequest>
    {
        public Validator() => RuleFor(static request => request.RefreshToken).NotEmpty().MaximumLength(200);
    }
}
