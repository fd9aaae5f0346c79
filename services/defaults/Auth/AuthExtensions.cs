using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Tandem.ServiceDefaults;

internal static class AuthExtensions
{
    public static IServiceCollection AddServiceAuth(this IServiceCollection services)
    {
        services.AddAuthentication(TandemAuthenticationHandler.Scheme)
            .AddScheme<AuthenticationSchemeOptions, TandemAuthenticationHandler>(TandemAuthenticationHandler.Scheme, configureOptions: null);
        services.AddAuthorization(Policies.Configure);
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, UnknownRouteResultHandler>();
        services.TryAddSingleton<ISigningKeys, IdentitySigningKeys>();
        services.AddSingleton<TokenReader>();
        services.AddSingleton<SidecarCaller>();
        return services;
    }
}
