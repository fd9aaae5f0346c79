using System.Collections.Frozen;

namespace Tandem.Grpc.Protocol;

/// <summary>The headers of gRPC itself.</summary>
internal static class HeaderNames
{
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";

    /// <summary>In the headers that a client or a method gives: the compression of what it sends.</summary>
    public const string RequestEncoding = "grpc-internal-encoding-request";

    private static readonly FrozenSet<string> OwnRequestHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "te", "content-type", "content-length", "host", Encoding, AcceptEncoding, GrpcTimeout.Name,
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", RequestEncoding);

    private static readonly FrozenSet<string> OwnResponseHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "content-type", "content-length", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "server", "date", "trailer",
        Status, Message, Encoding, AcceptEncoding, RequestEncoding);

    /// <summary>Whether no application sets this on a request.</summary>
    public static bool IsOwnOfRequest(string name) => name.StartsWith(':') || OwnRequestHeaders.Contains(name);

    /// <summary>Whether no method sees this of a request. Who calls is for it to know.</summary>
    public static bool IsHiddenOfRequest(string name) => IsOwnOfRequest(name) && !name.Equals("user-agent", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether no application sets this on a response.</summary>
    public static bool IsOwnOfResponse(string name) => name.StartsWith(':') || OwnResponseHeaders.Contains(name);
}
