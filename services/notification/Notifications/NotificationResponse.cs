using System.Text.Json;

namespace Tandem.Notification;

/// <summary>A notification as clients see it.</summary>
internal sealed record NotificationResponse(
    string Id,
    string UserId,
    string Type,
    Channel Channel,
    Priority Priority,
    string Title,
    string Message,
    JsonElement Data,
    Status Status,
    int Attempts,
    string? FailureReason,
    DateTimeOffset? ScheduledAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? ReadAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset CreatedAt)
{
    public static NotificationResponse From(UserNotification notification)
    {
        using var data = JsonDocument.Parse(notification.Data);
        return new NotificationResponse(
            notification.Id,
            notification.UserId,
            notification.Type,
            notification.Channel,
            notification.Priority,
            notification.Title,
            notification.Message,
            data.RootElement.Clone(),
            notification.Status,
            notification.Attempts,
            notification.FailureReason,
            notification.ScheduledAt,
            notification.SentAt,
            notification.ReadAt,
            notification.ExpiresAt,
            notification.CreatedAt);
    }
}
