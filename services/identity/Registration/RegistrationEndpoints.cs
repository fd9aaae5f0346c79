using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Tandem.Identity.Users;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Registration;

/// <summary>Signing up.</summary>
internal static class RegistrationEndpoints
{
    public static IServiceCollection AddRegistration(this IServiceCollection services) => services
        .AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>()
        .AddSingleton<Registrar>()
        .AddSingleton<RegistrationDesk>()
        .AddSingleton<IValidator<RegisterRequest>, RegisterRequest.Validator>();

    public static void MapRegistration(this IEndpointRouteBuilder routes)
        => routes.MapPost("/auth/register", RegisterAsync).WithTags("Auth").AllowAnonymous().Validate<RegisterRequest>().Describe("Makes a user", StatusCodes.Status409Conflict);

    private static Task<Results<Created<UserResponse>, ProblemHttpResult>> RegisterAsync(
        RegisterRequest request, RegistrationDesk desk, CancellationToken cancellationToken)
        => desk.RegisterAsync(request, cancellationToken);
}
