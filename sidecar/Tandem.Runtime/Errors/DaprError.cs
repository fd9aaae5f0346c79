using Grpc.Core;

namespace Tandem.Runtime.Errors;

/// <summary>An error as Dapr's APIs answer it: a status for each protocol, a stable code, a message for people, and details for programs.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Dapr's code, such as <c>ERR_STATE_STORE_NOT_FOUND</c>.</param>
public sealed record DaprError(int Status, string Code, string Message, params IReadOnlyList<ErrorDetail> Details)
{
    /// <summary>The gRPC status; what the HTTP status means in gRPC where the catalogue says nothing else.</summary>
    public StatusCode GrpcStatus
    {
        get => field == StatusCode.OK ? Translate(Status) : field;
        init;
    }

    private static StatusCode Translate(int status) => status switch
    {
        400 or 413 or 422 => StatusCode.InvalidArgument,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.NotFound,
        409 => StatusCode.Aborted,
        429 => StatusCode.ResourceExhausted,
        501 => StatusCode.Unimplemented,
        503 => StatusCode.Unavailable,
        504 => StatusCode.DeadlineExceeded,
        _ => StatusCode.Internal,
    };
}

/// <summary>A building block refuses a request; the surface writes <see cref="Error"/> as its answer.</summary>
public sealed class DaprException(DaprError error, Exception? innerException = null) : Exception(error.Message, innerException)
{
    /// <summary>What to answer.</summary>
    public DaprError Error { get; } = error;
}

/// <summary>One detail of an error, after google.rpc's error details.</summary>
public abstract record ErrorDetail;

/// <summary>google.rpc.ErrorInfo</summary>
public sealed record ErrorInfo(string Reason, IReadOnlyDictionary<string, string>? Metadata) : ErrorDetail;

/// <summary>google.rpc.ResourceInfo</summary>
public sealed record ResourceInfo(string ResourceType, string ResourceName, string Description) : ErrorDetail;

/// <summary>google.rpc.BadRequest with one violation.</summary>
public sealed record FieldViolation(string Field, string Description) : ErrorDetail;
