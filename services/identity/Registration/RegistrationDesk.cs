using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Identity.Users;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Registration;

/// <summary>Signs up whoever asks, by HTTP or by gRPC; requests are validated before they come here.</summary>
internal sealed class RegistrationDesk(Registrar registrar)
{
    public async Task<Results<Created<UserResponse>, ProblemHttpResult>> RegisterAsync(RegisterRequest request, CancellationToken cancellationToken)
        => await registrar.RegisterAsync(request.Email!, request.Password!, request.Name!, [TandemClaims.CustomerRole], cancellationToken) is { } user
            ? TypedResults.Created($"/users/{user.Id}", UserResponse.From(user))
            : Problems.Conflict("This email address has an account already.");
}
