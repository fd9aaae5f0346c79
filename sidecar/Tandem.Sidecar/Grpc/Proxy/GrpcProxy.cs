using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Tandem.Components.Middleware;
using Tandem.Runtime.AccessControl;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Resources;

namespace Tandem.Sidecar.Grpc.Proxy;

/// <summary>
/// gRPC calls of services that the sidecar knows nothing of: they go to the app that the metadata names, as they are. Messages are not
/// looked into, but for their lengths.
/// </summary>
internal static class GrpcProxy
{
    private const string AppId = "dapr-app-id";

    /// <summary>A call of this sidecar's app, of any path that is not the Dapr API's.</summary>
    public static Task HandleAsync(HttpContext http, SidecarInstance sidecar)
    {
        if (!IsGrpc(http))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }

        var headers = http.Request.Headers;
        var name = headers[AppId].ToString();
        if (name.Length == 0)
        {
            name = headers[InvocationHeaders.CalleeAppId].ToString();
        }

        if (name.Length == 0)
        {
            GrpcAnswer.End(http, new(StatusCode.Unknown, $"failed to proxy the call: its metadata has no {AppId}, and {RequestTarget.Get(http)} is no method of the Dapr API"));
            return Task.CompletedTask;
        }

        try
        {
            return ProxiedCall.RunAsync(http, sidecar, sidecar.Blocks.Invoker.FindTarget(name), RequestTarget.Get(http));
        }
        catch (DaprException exception)
        {
            GrpcAnswer.End(http, new(StatusCode.Unknown, exception.Message));
            return Task.CompletedTask;
        }
    }

    /// <summary>A call that another sidecar sent to this one's app, if that app may make it.</summary>
    public static Task HandleInternalAsync(HttpContext http, SidecarInstance sidecar)
    {
        var path = RequestTarget.Get(http);
        var blocks = sidecar.Blocks;
        try
        {
            if (blocks.AccessControl is { } list)
            {
                blocks.Invoker.EnsureAllowed(list, CallerOf(http.Request.Headers), path, verb: "");
            }
        }
        catch (DaprException exception)
        {
            GrpcAnswer.End(http, new(StatusCode.PermissionDenied, exception.Message));
            return Task.CompletedTask;
        }

        return ProxiedCall.RunAsync(http, sidecar, null, path);
    }

    /// <summary>Whether a request is a gRPC call.</summary>
    public static bool IsGrpc(HttpContext http)
        => HttpProtocol.IsHttp2(http.Request.Protocol) && http.Request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);

    private static CallerIdentity CallerOf(IHeaderDictionary headers) => new(
        headers[InvocationHeaders.CallerAppId].ToString(),
        headers[InvocationHeaders.CallerNamespace].ToString(),
        headers.TryGetValue(InvocationHeaders.CallerTrustDomain, out var domain) ? domain.ToString() : AccessControlSettings.DefaultTrustDomain);
}
