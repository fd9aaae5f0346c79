using System.Globalization;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Identity.Sessions;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Login;

/// <summary>Signing in.</summary>
internal static class LoginEndpoints
{
    public static IServiceCollection AddLogin(this IServiceCollection services) => services
        .AddSingleton<LoginGuard>()
        .AddSingleton<PasswordCheck>()
        .AddSingleton<LoginDesk>()
        .AddSingleton<IValidator<LoginRequest>, LoginRequest.Validator>();

    public static void MapLogin(this IEndpointRouteBuilder routes)
        => routes.MapPost("/auth/login", LoginAsync).WithTags("Auth").AllowAnonymous().Validate<LoginRequest>().Describe("Signs a user in: an access token and a refresh token", StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> LoginAsync(
        LoginRequest request, HttpResponse response, LoginDesk desk, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = "no-store";
        var (session, problem, retryAfter) = await desk.LoginAsync(request, cancellationToken);
        if (retryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return problem is null ? TypedResults.Ok(session) : problem;
    }
}
