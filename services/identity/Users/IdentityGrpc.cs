using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Tandem.Identity.Login;
using Tandem.Identity.Registration;
using Tandem.ServiceDefaults;
using V1 = Tandem.Contracts.Grpc.Identity.V1;

namespace Tandem.Identity.Users;

/// <summary>Users and their sessions over gRPC.</summary>
internal sealed class IdentityGrpc(LoginDesk login, RegistrationDesk registration, UserDesk users) : V1.Identity.IdentityBase
{
    [AllowAnonymous]
    public override async Task<V1.AuthenticateResponse> Authenticate(V1.AuthenticateRequest request, ServerCallContext context)
    {
        var wanted = await context.ValidateAsync(new LoginRequest(request.Email, request.Password));
        var (session, problem, retryAfter) = await login.LoginAsync(wanted, context.CancellationToken);
        return problem is null ? session!.ToMessage() : throw problem.ToRpcException(retryAfter: retryAfter);
    }

    [AllowAnonymous]
    public override async Task<V1.User> CreateUser(V1.CreateUserRequest request, ServerCallContext context)
    {
        var wanted = await context.ValidateAsync(new RegisterRequest(request.Email, request.Password, request.Name));
        return (await registration.RegisterAsync(wanted, context.CancellationToken)).OrThrow(conflict: StatusCode.AlreadyExists).ToMessage();
    }

    [Authorize(Policies.UserOrService)]
    public override async Task<V1.User> GetUser(V1.GetUserRequest request, ServerCallContext context)
        => (await users.GetAsync(request.Id, context.User(), context.CancellationToken)).OrThrow().ToMessage();

    [Authorize(Policies.User)]
    public override async Task<V1.User> UpdateUser(V1.UpdateUserRequest request, ServerCallContext context)
    {
        var caller = context.User();
        if (request.Id.Length > 0 && request.Id != caller.UserId())
        {
            throw Problems.Forbidden("Users change themselves only.").ToRpcException();
        }

        var wanted = await context.ValidateAsync(request.ToRequest());
        return (await users.UpdateAsync(wanted, caller, context.CancellationToken)).OrThrow().ToMessage();
    }
}
