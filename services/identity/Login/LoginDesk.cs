using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Identity.Sessions;
using Tandem.Identity.Tokens;
using Tandem.Identity.Users;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Login;

/// <summary>Signs in whoever asks, by HTTP or by gRPC; requests are validated before they come here.</summary>
internal sealed class LoginDesk(
    LoginGuard guard, PasswordCheck passwords, UserStore users, RefreshTokens refreshTokens, AccessTokens accessTokens, Database database)
{
    public async Task<LoginResult> LoginAsync(LoginRequest request, CancellationToken cancellationToken)
    {
        var email = User.NormalizeEmail(request.Email!);
        if (await guard.BeginAsync(email, cancellationToken) is { } wait)
        {
            return new LoginResult(Problem: Problems.Of(StatusCodes.Status429TooManyRequests, "Too many failed attempts for this account. Try again later."), RetryAfter: wait);
        }

        var user = await users.FindByEmailAsync(email, cancellationToken);
        var (isGood, newHash) = passwords.Verify(user, request.Password!);
        if (!isGood)
        {
            return new LoginResult(Problem: Problems.Unauthorized("Email address or password is wrong."));
        }

        var refreshToken = await database.WriteAsync(
            async tx =>
            {
                await LoginGuard.SucceedAsync(tx, email, cancellationToken);
                if (newHash is not null)
                {
                    await UserStore.SavePasswordAsync(tx, user!.Id, newHash, cancellationToken);
                }

                return await refreshTokens.StartAsync(tx, user!.Id, cancellationToken);
            },
            cancellationToken);
        return new LoginResult(SessionResponse.Create(user!, accessTokens, refreshToken));
    }
}

/// <summary>A session, or why there is none and when to try again.</summary>
internal readonly record struct LoginResult(SessionResponse? Session = null, ProblemHttpResult? Problem = null, TimeSpan? RetryAfter = null);
