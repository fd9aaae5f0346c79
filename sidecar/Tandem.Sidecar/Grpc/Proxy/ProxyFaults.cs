using System.Net.Sockets;
using Grpc.Core;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Tandem.Grpc.Protocol;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Peers;

namespace Tandem.Sidecar.Grpc.Proxy;

/// <summary>The statuses of calls that failed on their way.</summary>
internal static class ProxyFaults
{
    /// <summary>The status of a failure; <see langword="null"/> for one that says nothing of the call.</summary>
    public static Status? StatusOf(Exception exception) => exception switch
    {
        RpcException fault => fault.Status,
        DaprException { Error.Status: 403 } denied => new(StatusCode.PermissionDenied, denied.Message),
        // Dapr says no more of an app that it cannot find.
        DaprException unknown => new(StatusCode.Unknown, unknown.Message),
        AppUnreachableException or PeerUnreachableException or BrokenCircuitException or ObjectDisposedException => new(StatusCode.Unavailable, exception.Message),
        TimeoutRejectedException => new(StatusCode.DeadlineExceeded, exception.Message),
        OperationCanceledException => new(StatusCode.Unavailable, "the sidecar stops"),
        HttpRequestException or IOException => StatusMapping.FromException(exception),
        _ => null,
    };

    /// <summary>Whether nobody listens where the call was sent.</summary>
    public static bool IsRefused(Exception exception)
        => exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } or HttpRequestException { InnerException: SocketException };
}
