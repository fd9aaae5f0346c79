using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tandem.ServiceDefaults;

/// <summary>
/// The fallback policy guards endpoints that forgot to say who may call them. What is no endpoint (an unknown path, a method that a path does
/// not have) needs no guard, and answers 404 or 405 to anyone.
/// </summary>
internal sealed class UnknownRouteResultHandler : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _inner = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
        => context.GetEndpoint() is RouteEndpoint
            ? _inner.HandleAsync(next, context, policy, authorizeResult)
            : next(context);
}
