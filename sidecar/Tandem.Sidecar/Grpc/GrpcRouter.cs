using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Errors;
using Tandem.Sidecar.Grpc.Errors;
using Tandem.Sidecar.Grpc.Proxy;

namespace Tandem.Sidecar.Grpc;

/// <summary>
/// Finds out whom a call on the gRPC port is for: the Dapr service and reflection are answered here, any other service is another
/// app's, which the call names in its metadata.
/// </summary>
internal static class GrpcRouter
{
    private static readonly DaprError NoSuchMethod = new(StatusCodes.Status501NotImplemented, "ERR_API_UNIMPLEMENTED", "the Dapr service has no such method");

    /// <summary>Answers one call.</summary>
    public static Task DispatchAsync(HttpContext http, SidecarInstance sidecar)
    {
        var path = http.Request.Path.Value ?? "";
        if (sidecar.Blocks.GrpcGuard.Refuse(http, path) is { } refusal)
        {
            return GrpcErrors.RefuseAsync(http, refusal);
        }

        return sidecar.GrpcServices.Contains(path) ? sidecar.GrpcServices.HandleAsync(http)
            : path.StartsWith(GrpcApis.ServicePath, StringComparison.Ordinal) ? GrpcErrors.RefuseAsync(http, NoSuchMethod)
            : GrpcProxy.HandleAsync(http, sidecar);
    }
}
