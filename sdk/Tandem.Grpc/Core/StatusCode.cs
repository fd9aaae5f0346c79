namespace Grpc.Core;

/// <summary>How a call ended: the status codes of gRPC.</summary>
public enum StatusCode
{
    /// <summary>It succeeded.</summary>
    OK = 0,

    /// <summary>The caller cancelled it.</summary>
    Cancelled = 1,

    /// <summary>An error that says no more.</summary>
    Unknown = 2,

    /// <summary>An argument is wrong, whatever the state of the system is.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed; the call may have had its effect.</summary>
    DeadlineExceeded = 4,

    /// <summary>Something that was asked for is not there.</summary>
    NotFound = 5,

    /// <summary>What was to be made is already there.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, a limit or a disk is exhausted.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the call needs; do not repeat it before that is mended.</summary>
    FailedPrecondition = 9,

    /// <summary>A conflict with another call; repeat it from the beginning.</summary>
    Aborted = 10,

    /// <summary>Beyond the valid range.</summary>
    OutOfRange = 11,

    /// <summary>There is no such method here.</summary>
    Unimplemented = 12,

    /// <summary>Something that must hold does not.</summary>
    Internal = 13,

    /// <summary>Not available now; repeat it after a while.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or damaged.</summary>
    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}
