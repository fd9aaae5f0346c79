using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Users;

/// <summary>
/// What is done with users when somebody asks, by HTTP or by gRPC: they see and change themselves; admins and services (for addresses to write
/// to) see anyone. Requests are validated before they come here.
/// </summary>
internal sealed class UserDesk(UserStore users)
{
    public async Task<Results<Ok<UserResponse>, ProblemHttpResult>> GetAsync(string id, ClaimsPrincipal caller, CancellationToken cancellationToken)
        => Ids.IsValid(id) && !caller.CanActFor(id)
            ? Problems.Forbidden("This is another user.")
            : Answer(await users.FindAsync(id, cancellationToken), id);

    /// <summary>Changes the caller.</summary>
    public async Task<Results<Ok<UserResponse>, ProblemHttpResult>> UpdateAsync(
        ProfileRequest request, ClaimsPrincipal caller, CancellationToken cancellationToken)
        => Answer(await users.UpdateAsync(caller.UserId(), request, cancellationToken), caller.UserId());

    private static Results<Ok<UserResponse>, ProblemHttpResult> Answer(User? user, string id)
        => user is null ? Problems.NotFound("User", id) : TypedResults.Ok(UserResponse.From(user));
}
