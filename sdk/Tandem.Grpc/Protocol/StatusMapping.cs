using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace Tandem.Grpc.Protocol;

/// <summary>What a call's status is where the server said none: from HTTP's status, from a reset of the stream, from a broken connection.</summary>
internal static class StatusMapping
{
    /// <summary>By the specification's "HTTP to gRPC status code mapping".</summary>
    public static StatusCode FromHttp(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>By the specification's table of HTTP/2 error codes.</summary>
    public static StatusCode FromReset(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM: it was not begun
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };

    /// <summary>The status of a call that the transport failed.</summary>
    public static Status FromException(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case RpcException rpc:
                    return rpc.Status;
                case HttpProtocolException protocol:
                    return new Status(FromReset(protocol.ErrorCode), $"The stream was reset: {protocol.Message}", exception);
                case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
                    return new Status(StatusCode.Unavailable, "The connection ended before the call did.", exception);
                case SocketException:
                    return new Status(StatusCode.Unavailable, $"The server cannot be reached: {cause.Message}", exception);
            }
        }

        return exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } =>
                new Status(StatusCode.Internal, $"The response cannot be read: {exception.Message}", exception),
            HttpRequestException or IOException => new Status(StatusCode.Unavailable, $"The call broke off: {exception.Message}", exception),
            _ => new Status(StatusCode.Internal, $"The call failed: {exception.Message}", exception),
        };
    }
}
