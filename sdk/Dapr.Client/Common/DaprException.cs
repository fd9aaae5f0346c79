namespace Dapr;

/// <summary>The base of every exception that the SDK raises about the sidecar.</summary>
public class DaprException : Exception
{
    /// <summary>Says what failed.</summary>
    public DaprException(string message)
        : base(message)
    {
    }

    /// <summary>Says what failed and keeps why.</summary>
    public DaprException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
