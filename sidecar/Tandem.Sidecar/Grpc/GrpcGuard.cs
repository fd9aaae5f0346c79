using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Resources;

namespace Tandem.Sidecar.Grpc;

/// <summary>Refuses calls that the API token or the Configuration's lists of allowed and denied APIs do not let through.</summary>
internal sealed class GrpcGuard
{
    private const string TokenHeader = "dapr-api-token";

    private readonly byte[]? _token;
    private readonly FrozenSet<string>? _allowed;
    private readonly FrozenSet<string> _denied;

    public GrpcGuard(string? token, ConfigurationResource configuration)
    {
        _token = string.IsNullOrEmpty(token) ? null : Encoding.UTF8.GetBytes(token);
        _allowed = configuration.AllowedApis.Any(IsForGrpc) ? PathsOf(configuration.AllowedApis) : null;
        _denied = PathsOf(configuration.DeniedApis);
    }

    /// <summary>Why the call is refused; <see langword="null"/> when it is let through. Calls to other apps need the token, and no API.</summary>
    public DaprError? Refuse(HttpContext http, string path)
    {
        if (path.StartsWith(GrpcApis.ServicePath, StringComparison.Ordinal) && (_denied.Contains(path) || _allowed?.Contains(path) == false))
        {
            return Refusal(StatusCodes.Status501NotImplemented, "Not Implemented", StatusCode.Unimplemented, "requested endpoint is not available");
        }

        if (_token is null)
        {
            return null;
        }

        var given = http.Request.Headers[TokenHeader];
        return given.Count == 0 ? Refusal(StatusCodes.Status401Unauthorized, "Unauthorized", StatusCode.Unauthenticated, "missing api token in request metadata")
            : !CryptographicOperations.FixedTimeEquals(_token, Encoding.UTF8.GetBytes(given[0] ?? ""))
                ? Refusal(StatusCodes.Status401Unauthorized, "Unauthorized", StatusCode.Unauthenticated, "authentication error: api token mismatch")
            : null;
    }

    private static bool IsForGrpc(ApiRule rule) => rule.Protocol.Equals("grpc", StringComparison.OrdinalIgnoreCase);

    private static FrozenSet<string> PathsOf(IEnumerable<ApiRule> rules)
        => rules.Where(IsForGrpc).SelectMany(static rule => GrpcApis.PathsOf(rule.Name, rule.Version)).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What Dapr answers in the name of HTTP: the status's text as the message, the reason in the details.</summary>
    private static DaprError Refusal(int status, string text, StatusCode grpcStatus, string reason)
        => new(status, "ERR_API_REFUSED", text, new ErrorInfo(text, new Dictionary<string, string> { ["http.code"] = $"{status}", ["http.error_message"] = reason })) { GrpcStatus = grpcStatus };
}
