using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dapr.AspNetCore;

/// <summary>Lets requests through that carry the app's token in <c>dapr-api-token</c>.</summary>
internal sealed class DaprAuthenticationHandler(IOptionsMonitor<DaprAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<DaprAuthenticationOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        if (string.IsNullOrEmpty(Options.Token))
        {
            return Success();
        }

        var sent = Request.Headers[SidecarHttp.ApiTokenHeader];
        if (sent.Count == 0)
        {
            return AuthenticateResult.NoResult();
        }

        // Constant time: how long the comparison takes must not tell how much of a guess was right.
        return sent.Count == 1 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent[0]!), Encoding.UTF8.GetBytes(Options.Token))
            ? Success()
            : AuthenticateResult.Fail("The request's dapr-api-token is not the app's token.");
    }

    private AuthenticateResult Success()
        => AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity("Dapr")), Scheme.Name));
}
