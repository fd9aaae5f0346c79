namespace Tandem.Notification;

/// <summary>Takes notifications to their users on one channel.</summary>
internal interface IChannelSender
{
    Channel Channel { get; }

    /// <summary>
    /// Sends once. A second sending of the same notification must not arrive as a second message where the provider can tell.
    /// An exception is worth another attempt.
    /// </summary>
    /// <returns>Why it can never be sent, or nothing when it is on its way.</returns>
    Task<string?> SendAsync(UserNotification notification, CancellationToken cancellationToken);
}
