using System.Security.Claims;
using System.Text.Encodings.Web;
using Dapr;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Tandem.ServiceDefaults;

/// <summary>Who calls: the user of the bearer token, the service that our sidecar names, both, or nobody.</summary>
internal sealed class TandemAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    TokenReader tokens,
    SidecarCaller sidecar)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Bearer";

    private const string Prefix = "Bearer ";
    private bool _issuerIsAway;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var principal = new ClaimsPrincipal();
        var authorization = Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            try
            {
                if (await tokens.ReadAsync(authorization[Prefix.Length..].Trim(), Context.RequestAborted) is not { } user)
                {
                    return AuthenticateResult.Fail("The token is not valid.");
                }

                principal.AddIdentity(user);
            }
            catch (Exception exception) when (exception is HttpRequestException or DaprException or TimeoutException)
            {
                _issuerIsAway = true;
                return AuthenticateResult.Fail(exception);
            }
        }

        if (sidecar.Read(Request) is { } caller)
        {
            principal.AddIdentity(caller);
        }

        return principal.Identities.Any()
            ? AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme))
            : AuthenticateResult.NoResult();
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_issuerIsAway)
        {
            await Context.WriteProblemAsync(Problems.Unavailable("The token cannot be checked now: identity does not answer."));
            return;
        }

        var refused = Request.Headers.Authorization.Count > 0;
        Response.Headers.WWWAuthenticate = refused ? "Bearer error=\"invalid_token\"" : "Bearer";
        await Context.WriteProblemAsync(Problems.Unauthorized(refused ? "The token is not valid or has expired." : "Sign in first."));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
        => Context.User.IsUser()
            ? Context.WriteProblemAsync(Problems.Forbidden("You may not do this."))
            : HandleChallengeAsync(properties);
}
