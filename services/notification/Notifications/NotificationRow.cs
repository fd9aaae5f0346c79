namespace Tandem.Notification;

/// <summary>A row of the table notifications.</summary>
internal sealed class NotificationRow
{
    public long Position { get; init; }

    public string Id { get; init; } = "";

    public string UserId { get; init; } = "";

    public string? EventId { get; init; }

    public string Type { get; init; } = "";

    public string Channel { get; init; } = "";

    public string Priority { get; init; } = "";

    public string Title { get; init; } = "";

    public string Message { get; init; } = "";

    public string Data { get; init; } = "";

    public string Status { get; init; } = "";

    public int Attempts { get; init; }

    public string? FailureReason { get; init; }

    public DateTimeOffset? ScheduledAt { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    public DateTimeOffset? ReadAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public static NotificationRow Of(UserNotification notification) => new()
    {
        Id = notification.Id,
        UserId = notification.UserId,
        EventId = notification.EventId,
        Type = notification.Type,
        Channel = Words.Of(notification.Channel),
        Priority = Words.Of(notification.Priority),
        Title = notification.Title,
        Message = notification.Message,
        Data = notification.Data,
        Status = Words.Of(notification.Status),
        Attempts = notification.Attempts,
        FailureReason = notification.FailureReason,
        ScheduledAt = notification.ScheduledAt,
        NextAttemptAt = notification.NextAttemptAt,
        SentAt = notification.SentAt,
        ReadAt = notification.ReadAt,
        ExpiresAt = notification.ExpiresAt,
        CreatedAt = notification.CreatedAt,
    };

    public UserNotification ToNotification() => new()
    {
        Id = Id,
        UserId = UserId,
        EventId = EventId,
        Type = Type,
        Channel = Words.Parse<Channel>(Channel),
        Priority = Words.Parse<Priority>(Priority),
        Title = Title,
        Message = Message,
        Data = Data,
        Status = Words.Parse<Status>(Status),
        Attempts = Attempts,
        FailureReason = FailureReason,
        ScheduledAt = ScheduledAt,
        NextAttemptAt = NextAttemptAt,
        SentAt = SentAt,
        ReadAt = ReadAt,
        ExpiresAt = ExpiresAt,
        CreatedAt = CreatedAt,
    };
}
