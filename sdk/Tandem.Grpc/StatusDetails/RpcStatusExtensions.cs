using Google.Protobuf;

namespace Grpc.Core;

/// <summary>Statuses with details, as <c>grpc-status-details-bin</c> carries them.</summary>
public static class RpcStatusExtensions
{
    /// <summary>The trailer that carries a <see cref="Google.Rpc.Status"/>.</summary>
    public const string StatusDetailsTrailerName = "grpc-status-details-bin";

    /// <summary>The exception that ends a call with this status and its details.</summary>
    public static RpcException ToRpcException(this Google.Rpc.Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var trailers = new Metadata { { StatusDetailsTrailerName, status.ToByteArray() } };
        return new RpcException(new Status((StatusCode)status.Code, status.Message), trailers);
    }

    /// <summary>The status and its details, as the server gave them; null when it gave none, or they cannot be read.</summary>
    public static Google.Rpc.Status? GetRpcStatus(this RpcException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.Trailers.GetRpcStatus(ignoreParseError: true);
    }

    /// <summary>The status and its details, as the trailers carry them; null when they do not.</summary>
    /// <exception cref="InvalidProtocolBufferException">They cannot be read.</exception>
    public static Google.Rpc.Status? GetRpcStatus(this Metadata metadata, bool ignoreParseError = false)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (metadata.Get(StatusDetailsTrailerName) is not { IsBinary: true } entry)
        {
            return null;
        }

        try
        {
            return Google.Rpc.Status.Parser.ParseFrom(entry.ValueBytes);
        }
        catch (InvalidProtocolBufferException) when (ignoreParseError)
        {
            // A damaged detail must not hide the status that it belongs to.
            return null;
        }
    }
}
