using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tandem.Sidecar.Hosting;

/// <summary>What a listener is for.</summary>
internal enum ListenerKind
{
    /// <summary>The Dapr HTTP API, for the app (<c>--dapr-http-port</c>).</summary>
    Api,

    /// <summary>The Dapr gRPC API, for the app (<c>--dapr-grpc-port</c>).</summary>
    Grpc,

    /// <summary>Health and metadata for anybody (<c>--dapr-public-port</c>).</summary>
    Public,

    /// <summary>Other sidecars (<c>--dapr-internal-grpc-port</c>).</summary>
    Internal,

    /// <summary>Prometheus (<c>--metrics-port</c>).</summary>
    Metrics,
}

/// <summary>Belongs to each connection: the listener decides which sidecar answers, never a header.</summary>
internal sealed record Listener(SidecarInstance Sidecar, ListenerKind Kind)
{
    /// <summary>Whether it is to be opened: there is nothing to show when the Configuration turns metrics off.</summary>
    public bool IsWanted => Kind is not ListenerKind.Metrics || Sidecar.Metrics is not null;

    /// <summary>What is spoken: gRPC is HTTP/2 alone, without TLS as on all listeners.</summary>
    public HttpProtocols Protocols => Kind is ListenerKind.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1;

    /// <summary>How large the answer is that is given now, where its headers do not say. A connection of HTTP/1.1 carries one request at a time; a request of HTTP/2 gets a copy.</summary>
    public long ResponseBytes { get; set; }

    /// <summary>Says how large an answer without <c>Content-Length</c> was.</summary>
    public static void ReportResponse(HttpContext http, long bytes)
    {
        if (http.Features.Get<Listener>() is { } listener)
        {
            listener.ResponseBytes = bytes;
        }
    }
}
