using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Tells from Dapr's headers whether a request came through our sidecar and, if another service sent it, which one: the sidecar alone knows
/// our app token, and it overwrites what a caller may have put into <c>dapr-caller-app-id</c>.
/// </summary>
internal sealed class SidecarCaller(IConfiguration configuration, ServiceInfo service)
{
    /// <summary>The app id whose requests are its clients' and not its own.</summary>
    private const string Gateway = "gateway";

    private readonly byte[] _appToken = Encoding.UTF8.GetBytes(configuration["APP_API_TOKEN"] ?? "");

    public ClaimsIdentity? Read(HttpRequest request)
    {
        if (!IsFromSidecar(request))
        {
            return null;
        }

        // Over gRPC the callee's name is added to what the caller sent: the last one is the sidecar's own.
        var caller = request.Headers["dapr-caller-app-id"] is [.., var last] ? last!.Split(',')[^1].Trim() : "";
        if (caller.Length == 0)
        {
            return new ClaimsIdentity([new Claim(TandemClaims.OwnSidecar, "true")], "Sidecar");
        }

        // What a service asks of its own actors comes back to it under its own name.
        if (string.Equals(caller, service.AppId, StringComparison.Ordinal))
        {
            return new ClaimsIdentity([new Claim(TandemClaims.OwnSidecar, "true"), new Claim(TandemClaims.Caller, caller)], "Sidecar");
        }

        return string.Equals(caller, Gateway, StringComparison.Ordinal)
            ? null
            : new ClaimsIdentity([new Claim(TandemClaims.Caller, caller)], "Sidecar");
    }

    private bool IsFromSidecar(HttpRequest request)
    {
        if (_appToken.Length == 0)
        {
            return true;
        }

        var given = Encoding.UTF8.GetBytes(request.Headers["dapr-api-token"].ToString());
        return CryptographicOperations.FixedTimeEquals(given, _appToken);
    }
}
