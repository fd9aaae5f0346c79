using System.Security.Claims;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Users;

/// <summary>The users' routes.</summary>
internal static class UserEndpoints
{
    public static IServiceCollection AddUsers(this IServiceCollection services) => services
        .AddSingleton<UserStore>()
        .AddSingleton<UserDesk>()
        .AddSingleton<IValidator<ProfileRequest>, ProfileRequest.Validator>();

    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/users").WithTags("Users");
        users.MapGet("/me", GetMeAsync).RequireAuthorization(Policies.User).Describe("Who is signed in", StatusCodes.Status404NotFound);
        users.MapPut("/me", UpdateMeAsync).RequireAuthorization(Policies.User).Validate<ProfileRequest>().Describe("Changes the own name, phone and address", StatusCodes.Status404NotFound);
        users.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.UserOrService).Describe("A user, for that user, admins and services");
    }

    private static Task<Results<Ok<UserResponse>, ProblemHttpResult>> GetMeAsync(ClaimsPrincipal caller, UserDesk desk, CancellationToken cancellationToken)
        => desk.GetAsync(caller.UserId(), caller, cancellationToken);

    private static Task<Results<Ok<UserResponse>, ProblemHttpResult>> UpdateMeAsync(
        ProfileRequest request, ClaimsPrincipal caller, UserDesk desk, CancellationToken cancellationToken)
        => desk.UpdateAsync(request, caller, cancellationToken);

    private static Task<Results<Ok<UserResponse>, ProblemHttpResult>> GetAsync(
        string id, ClaimsPrincipal caller, UserDesk desk, CancellationToken cancellationToken)
        => desk.GetAsync(id, caller, cancellationToken);
}
