using RabbitMQ.Client.Exceptions;

namespace Tandem.Components.RabbitMq.Connection;

/// <summary>What the client library throws, in words for people.</summary>
internal static class BrokerFaults
{
    private const ushort NotFound = 404;
    private const ushort ConnectionForced = 320;

    /// <summary>Whether the channel is not there, or no longer.</summary>
    public static bool IsLost(Exception exception) => exception is AlreadyClosedException or OperationInterruptedException or ObjectDisposedException or IOException;

    public static BrokerException Of(Exception exception, string what) => exception switch
    {
        // What the server says to one channel (another kind of exchange, no permission) it says again; what ends a connection passes.
        OperationInterruptedException { ShutdownReason: { } reason } => new(
            $"{what}: {reason.ReplyText}", exception, mayPass: reason.ReplyCode is < 400 or NotFound or >= 500 || reason.ReplyCode == ConnectionForced),
        _ => new($"{what}: {exception.GetBaseException().Message}", exception, mayPass: true),
    };
}
