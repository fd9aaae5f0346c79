using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Tandem.Grpc.Protocol;

namespace Tandem.Grpc.Server;

/// <summary>Whether a request is a gRPC call at all.</summary>
internal static class RequestChecks
{
    public const string ContentType = "application/grpc";

    /// <summary>What is wrong with a request; null when nothing is.</summary>
    public static Fault? FindFault(HttpRequest request)
    {
        if (!HttpProtocol.IsHttp2(request.Protocol) && !HttpProtocol.IsHttp3(request.Protocol))
        {
            return new Fault(StatusCodes.Status426UpgradeRequired, $"gRPC needs HTTP/2; this is {request.Protocol}.");
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            return new Fault(StatusCodes.Status405MethodNotAllowed, $"A call is a POST, not a {request.Method}.");
        }

        return IsGrpc(request.ContentType)
            ? null
            : new Fault(StatusCodes.Status415UnsupportedMediaType, $"A call's Content-Type is {ContentType}, not '{request.ContentType}'.");
    }

    /// <summary>Whether a content type is gRPC's: alone, with a format (<c>+proto</c>) or with parameters.</summary>
    public static bool IsGrpc(string? contentType)
        => contentType is not null && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
            && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is ';' or '+' or ' ');

    /// <summary>Answers a request that is no call.</summary>
    public static Task RefuseAsync(HttpContext http, Fault fault)
    {
        http.Response.StatusCode = fault.HttpStatus;
        if (fault.HttpStatus is StatusCodes.Status405MethodNotAllowed)
        {
            http.Response.Headers.Allow = HttpMethods.Post;
        }
        else if (fault.HttpStatus is StatusCodes.Status426UpgradeRequired)
        {
            http.Response.Headers.Upgrade = "h2c";
            http.Response.Headers.Connection = "Upgrade";
        }

        MetadataHeaders.WriteStatus(http.Response.Headers, new Status(StatusCode.Internal, fault.Message), null);
        return Task.CompletedTask;
    }

    /// <summary>Why a request is no call.</summary>
    internal sealed record Fault(int HttpStatus, string Message);
}
