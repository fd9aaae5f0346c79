using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tandem.Grpc.Protocol;

namespace Tandem.Sidecar.Grpc.Proxy;

/// <summary>Ends calls with a status of the sidecar's own.</summary>
internal static class GrpcAnswer
{
    /// <summary>Ends the call: with a head alone when nothing was sent yet, otherwise with trailers.</summary>
    public static void End(HttpContext http, Status status)
    {
        var response = http.Response;
        if (response.HasStarted)
        {
            MetadataHeaders.WriteStatus(http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers, status, null);
            return;
        }

        response.Clear();
        response.ContentType = "application/grpc";
        MetadataHeaders.WriteStatus(response.Headers, status, null);
    }
}
