using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;

namespace Tandem.Sidecar.Grpc.Shutdown;

/// <summary>The shutdown method.</summary>
internal static class ShutdownCalls
{
    public static Empty Shutdown(SidecarInstance sidecar, HttpContext http)
    {
        // The answer goes out first: the caller is told before its sidecar goes.
        http.Response.OnCompleted(static host =>
        {
            ((HostServices)host).RequestShutdown();
            return Task.CompletedTask;
        }, sidecar.Host);
        return new Empty();
    }
}
