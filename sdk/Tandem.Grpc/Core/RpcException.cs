namespace Grpc.Core;

/// <summary>A call that did not end with OK. A method throws it to end its call so; a client gets it from a call that did.</summary>
public class RpcException : Exception
{
    /// <summary>Makes it from a status.</summary>
    public RpcException(Status status)
        : this(status, Metadata.Empty)
    {
    }

    /// <summary>Makes it from a status and the message of the exception, which is not sent.</summary>
    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message)
    {
    }

    /// <summary>Makes it from a status and trailers.</summary>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString())
    {
    }

    /// <summary>Makes it from a status, trailers and the message of the exception, which is not sent.</summary>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>How the call ended.</summary>
    public Status Status { get; }

    /// <summary>The code of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>What came, or is to be sent, with the status; without the status's own entries, but with <c>grpc-status-details-bin</c>.</summary>
    public Metadata Trailers { get; }
}
