using System.Security.Claims;
using Grpc.Core;

namespace Tandem.ServiceDefaults;

/// <summary>What a gRPC method wants to know of its call.</summary>
public static class GrpcCallExtensions
{
    /// <summary>Who calls.</summary>
    public static ClaimsPrincipal User(this ServerCallContext context) => context.GetHttpContext().User;

    /// <summary>Checks a request with its registered validator, as HTTP's <c>Validate</c> does, and gives it back.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it breaks a rule.</exception>
    public static async Task<TRequest> ValidateAsync<TRequest>(this ServerCallContext context, TRequest request)
        where TRequest : notnull
    {
        var problem = await ValidationExtensions.CheckAsync(context.GetHttpContext().RequestServices, request, context.CancellationToken);
        problem.ThrowIfAny();
        return request;
    }

    /// <summary>The page that a list's request asks for.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: there can be no such page.</exception>
    public static Task<PageRequest> PageAsync(this ServerCallContext context, bool hasPage, int page, bool hasSize, int size)
        => context.ValidateAsync(new PageRequest(hasPage ? page : null, hasSize ? size : null));
}
