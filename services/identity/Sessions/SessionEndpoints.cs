using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Identity.Tokens;
using Tandem.Identity.Users;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Sessions;

/// <summary>Staying signed in, and signing out.</summary>
internal static class SessionEndpoints
{
    public static IServiceCollection AddSessions(this IServiceCollection services) => services
        .AddSingleton<RefreshTokens>()
        .AddSingleton<IValidator<RefreshRequest>, RefreshRequest.Validator>();

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/auth").WithTags("Auth").AllowAnonymous();
        auth.MapPost("/refresh", RefreshAsync).Validate<RefreshRequest>().Describe("New tokens for a refresh token, which works once: using it again revokes its family", StatusCodes.Status401Unauthorized);
        auth.MapPost("/logout", LogoutAsync).Validate<RefreshRequest>().Describe("Ends the session of a refresh token");
    }

    private static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> RefreshAsync(
        RefreshRequest request, HttpResponse response, RefreshTokens refreshTokens, AccessTokens accessTokens, UserStore users, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = "no-store";
        return await refreshTokens.RotateAsync(request.RefreshToken!, cancellationToken) is { } next
            && await users.FindAsync(next.UserId, cancellationToken) is { } user
                ? TypedResults.Ok(SessionResponse.Create(user, accessTokens, next.Token))
                : Problems.Unauthorized("The refresh token is not valid any more. Sign in again.");
    }

    private static async Task<NoContent> LogoutAsync(RefreshRequest request, RefreshTokens refreshTokens, CancellationToken cancellationToken)
    {
        await refreshTokens.RevokeAsync(request.RefreshToken!, cancellationToken);
        return TypedResults.NoContent();
    }
}
