namespace Tandem.Runtime.Http1;

/// <summary>An exchange over HTTP/1.1 failed: no connection, a broken one, or an answer that is not HTTP.</summary>
/// <param name="message">What happened, for the caller's error.</param>
/// <param name="isRefused">No connection could be made: nothing was sent.</param>
/// <param name="innerException">The socket's error, if there was one.</param>
public sealed class Http1Exception(string message, bool isRefused = false, Exception? innerException = null) : IOException(message, innerException)
{
    /// <summary>No connection could be made: nothing was sent.</summary>
    public bool IsRefused { get; } = isRefused;

    /// <summary>A kept connection was closed by the other side before anything of the answer came, and the request may be sent again on another.</summary>
    internal bool IsStale { get; init; }
}
