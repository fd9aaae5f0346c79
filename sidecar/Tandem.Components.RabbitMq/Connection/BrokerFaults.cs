using RabbitMQ.Client.Exceptions;

namespace Tandem.Components.RabbitMq.Connection;

/// <summary>What the client library throws, in words for people.</summary>
internal static class BrokerFaults
{
    private const ushort NotFound = 404;
    private const ushort ConnectionForced = 320;

    /// <summary>
    /// Whether the channel is not there, no longer, or does not answer: an answer that takes too long ends as a cancellation that nobody asked for.
    /// </summary>
    public static bool IsLost(Exception exception)
        => exception is RabbitMQClientException or ObjectDisposedException or IOException or TimeoutException or OperationCanceledException;

    public static BrokerException Of(Exception exception, string what) => exception switch
    {
        // What the server says to one channel (another kind of exchange, no permission) it says again; what ends a connection passes.
        OperationInterruptedException { ShutdownReason: { } reason } => new(
            $"{what}: {reason.ReplyText}", exception, mayPass: reason.ReplyCode is < 400 or NotFound or >= 500 || reason.ReplyCode == ConnectionForced),
        OperationCanceledException => new($"{what}: the server does not answer", exception, mayPass: true),
        _ => new($"{what}: {exception.GetBaseException().Message}", exception, mayPass: true),
    };
}
