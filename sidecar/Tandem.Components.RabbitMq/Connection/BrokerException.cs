namespace Tandem.Components.RabbitMq.Connection;

/// <summary>The server cannot be reached, or did not do what it was asked. The message is fit for people and holds no secret.</summary>
internal sealed class BrokerException(string message, Exception? innerException, bool mayPass) : Exception(message, innerException)
{
    /// <summary>Whether the same may succeed a moment later: the server is down, or the connection broke.</summary>
    public bool MayPass { get; } = mayPass;
}
