namespace Dapr;

/// <summary>The sidecar answered with an error: <see cref="ErrorCode"/> is its code, the message is its message.</summary>
public class DaprApiException : DaprException
{
    internal const string UnknownErrorCode = "UNKNOWN";

    /// <summary>An error of which nothing is known.</summary>
    public DaprApiException()
        : this("The Dapr sidecar answered with an error.", null, UnknownErrorCode, false)
    {
    }

    /// <summary>An error without a code.</summary>
    public DaprApiException(string message)
        : this(message, null, UnknownErrorCode, false)
    {
    }

    /// <summary>An error without a code, and its cause.</summary>
    public DaprApiException(string message, Exception? innerException)
        : this(message, innerException, UnknownErrorCode, false)
    {
    }

    /// <summary>An error of which only the code is known.</summary>
    public DaprApiException(string errorCode, bool isTransient)
        : this($"The Dapr sidecar answered with the error {errorCode}.", null, errorCode, isTransient)
    {
    }

    /// <summary>An error as the sidecar described it.</summary>
    public DaprApiException(string message, string errorCode, bool isTransient)
        : this(message, null, errorCode, isTransient)
    {
    }

    /// <summary>An error as the sidecar described it, and its cause.</summary>
    public DaprApiException(string message, Exception? inner, string errorCode, bool isTransient)
        : base(message, inner)
    {
        ErrorCode = string.IsNullOrEmpty(errorCode) ? UnknownErrorCode : errorCode;
        IsTransient = isTransient;
    }

    /// <summary>The sidecar's code, such as <c>ERR_STATE_STORE_NOT_FOUND</c>, or <c>UNKNOWN</c>.</summary>
    public string ErrorCode { get; }

    /// <summary>Whether the same call may succeed when it is made again.</summary>
    public bool IsTransient { get; }
}
