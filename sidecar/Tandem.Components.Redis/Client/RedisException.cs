namespace Tandem.Components.Redis.Client;

/// <summary>The server refused a command; the message is its own, without what was sent.</summary>
internal sealed class RedisException(string message) : Exception(message)
{
    /// <summary>Whether the error begins with that word: <c>NOSCRIPT</c>, <c>WRONGTYPE</c> …</summary>
    public bool Is(string code) => Message.StartsWith(code, StringComparison.Ordinal);
}

/// <summary>The server cannot be reached, or the connection broke before its answer.</summary>
internal sealed class RedisUnavailableException(string message, Exception? innerException, bool wasSent) : Exception(message, innerException)
{
    /// <summary>Whether the command may have reached the server, so that it may have been carried out.</summary>
    public bool WasSent { get; } = wasSent;
}
