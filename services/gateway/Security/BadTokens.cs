using Microsoft.AspNetCore.Authentication;
using Tandem.ServiceDefaults;

namespace Tandem.Gateway;

/// <summary>A token that is not good is refused also where none is needed: its bearer is mistaken about who they are.</summary>
internal static class BadTokens
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
        => context.Request.Headers.Authorization.Count > 0
            && context.Request.Path.StartsWithSegments("/api")
            && !context.Request.Path.Value!.Contains("/auth/", StringComparison.Ordinal)
            && !context.User.IsUser()
                ? context.ChallengeAsync()
                : next(context);
}
