using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Tells from Dapr's headers whether a request came through our sidecar and, if another service sent it, which one: the sidecar alone knows
/// our app token, and it overwrites what a caller may have put into <c>dapr-caller-app-id</c>.
/// <para>
/// Without a token (<c>dapr run</c> sets none; <c>tandem run</c> and the chart do) the sidecar is told by its place: it calls over loopback and
/// forwards for nobody. Whatever comes from another machine, or through a proxy such as the gateway, is no sidecar then.
/// </para>
/// </summary>
internal sealed partial class SidecarCaller
{
    /// <summary>The app id whose requests are its clients' and not its own.</summary>
    private const string Gateway = "gateway";

    private readonly byte[] _appToken;
    private readonly string _appId;
    private readonly ILogger<SidecarCaller> _logger;

    public SidecarCaller(IConfiguration configuration, ServiceInfo service, ILogger<SidecarCaller> logger)
    {
        _appToken = Encoding.UTF8.GetBytes(configuration["APP_API_TOKEN"] ?? "");
        _appId = service.AppId;
        _logger = logger;
        if (_appToken.Length == 0)
        {
            Log.NoToken(logger);
        }
    }

    public ClaimsIdentity? Read(HttpRequest request)
    {
        // Over gRPC the callee's name is added to what the caller sent: the last one is the sidecar's own.
        var caller = request.Headers["dapr-caller-app-id"] is [.., var last] ? last!.Split(',')[^1].Trim() : "";
        if (!IsFromSidecar(request, caller))
        {
            return null;
        }

        if (caller.Length == 0)
        {
            return new ClaimsIdentity([new Claim(TandemClaims.OwnSidecar, "true")], "Sidecar");
        }

        // What a service asks of its own actors comes back to it under its own name.
        if (string.Equals(caller, _appId, StringComparison.Ordinal))
        {
            return new ClaimsIdentity([new Claim(TandemClaims.OwnSidecar, "true"), new Claim(TandemClaims.Caller, caller)], "Sidecar");
        }

        if (string.Equals(caller, Gateway, StringComparison.Ordinal))
        {
            return null;
        }

        if (!MeshCallers.MayCall(caller, _appId))
        {
            Log.NotExpected(_logger, caller.Length <= 64 ? caller.ReplaceLineEndings(" ") : "?");
            return null;
        }

        return new ClaimsIdentity([new Claim(TandemClaims.Caller, caller)], "Sidecar");
    }

    private bool IsFromSidecar(HttpRequest request, string caller)
    {
        if (_appToken.Length == 0)
        {
            // In memory and over a Unix socket there is no address, and nobody from elsewhere.
            return request.HttpContext.Connection.RemoteIpAddress is not { } address
                || (IPAddress.IsLoopback(address) && (caller.Length > 0 || !request.Headers.ContainsKey("X-Forwarded-For")));
        }

        var given = Encoding.UTF8.GetBytes(request.Headers["dapr-api-token"].ToString());
        return CryptographicOperations.FixedTimeEquals(given, _appToken);
    }

    private static partial class Log
    {
        [LoggerMessage(5041, LogLevel.Warning, "APP_API_TOKEN is not set: who can call this service from this machine can speak as its sidecar. tandem run and the chart set one.")]
        public static partial void NoToken(ILogger logger);

        [LoggerMessage(5042, LogLevel.Warning, "The service {Caller} called and is treated as nobody: it is not among those that need to (MeshCallers)")]
        public static partial void NotExpected(ILogger logger, string caller);
    }
}
