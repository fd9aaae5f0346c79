namespace Tandem.Notification;

/// <summary>
/// What one user is told, and how far it has come. In the app it is delivered by being there; by email or SMS it is pending until the
/// provider has taken it.
/// </summary>
internal sealed record UserNotification
{
    public required string Id { get; init; }

    public required string UserId { get; init; }

    /// <summary>The event that this tells of; one event and one user make one notification.</summary>
    public string? EventId { get; init; }

    public required string Type { get; init; }

    public required Channel Channel { get; init; }

    public required Priority Priority { get; init; }

    public required string Title { get; init; }

    public required string Message { get; init; }

    /// <summary>A JSON object.</summary>
    public string Data { get; init; } = "{}";

    public required Status Status { get; init; }

    public int Attempts { get; init; }

    public string? FailureReason { get; init; }

    public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>When the dispatcher takes it up; nothing when there is nothing to send.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    public DateTimeOffset? ReadAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    private bool IsWaiting => Status is Status.Pending or Status.Scheduled;

    /// <summary>A new notification that goes out at once.</summary>
    public static UserNotification Create(string userId, string type, Channel channel, Priority priority, string title, string message, DateTimeOffset now, TimeSpan lifetime)
        => new UserNotification
        {
            Id = ServiceDefaults.Ids.New(now),
            UserId = userId,
            Type = type,
            Channel = channel,
            Priority = priority,
            Title = title,
            Message = message,
            Status = Status.Pending,
            ExpiresAt = now + lifetime,
            CreatedAt = now,
        }.GoOut(now);

    /// <summary>It waits for its time; its life begins then.</summary>
    public UserNotification Schedule(DateTimeOffset at)
        => this with
        {
            Status = Status.Scheduled,
            ScheduledAt = at,
            NextAttemptAt = at,
            SentAt = null,
            ExpiresAt = at + (ExpiresAt - CreatedAt),
        };

    /// <summary>It goes out now and not when it was scheduled.</summary>
    public UserNotification? Send(DateTimeOffset now) => IsWaiting ? GoOut(now) : null;

    /// <summary>It failed, and is tried again from the beginning.</summary>
    public UserNotification? Retry(DateTimeOffset now)
        => Status == Status.Failed ? (this with { Attempts = 0, FailureReason = null }).GoOut(now) : null;

    /// <summary>Its user has read it; once is enough.</summary>
    public UserNotification? Read(DateTimeOffset now)
        => Status == Status.Read ? this
            : Status is Status.Sent or Status.Delivered ? this with { Status = Status.Read, ReadAt = now }
            : null;

    /// <summary>Its words change while they have not gone out.</summary>
    public UserNotification? Edit(string title, string message, Priority priority, string data)
        => IsWaiting ? this with { Title = title, Message = message, Priority = priority, Data = data } : null;

    /// <summary>The dispatcher takes it up, and has until then to say how it went.</summary>
    public UserNotification Claim(DateTimeOffset until) => this with { Status = Status.Pending, Attempts = Attempts + 1, NextAttemptAt = until };

    /// <summary>The provider has it, or the app shows it.</summary>
    public UserNotification MarkSent(DateTimeOffset now)
        => this with { Status = Channel == Channel.InApp ? Status.Delivered : Status.Sent, SentAt = now, NextAttemptAt = null, FailureReason = null };

    /// <summary>This attempt failed, and there will be another.</summary>
    public UserNotification Postpone(DateTimeOffset until, string reason) => this with { NextAttemptAt = until, FailureReason = reason };

    /// <summary>It cannot go out.</summary>
    public UserNotification Fail(string reason) => this with { Status = Status.Failed, NextAttemptAt = null, FailureReason = reason };

    private UserNotification GoOut(DateTimeOffset now)
        => Channel == Channel.InApp ? MarkSent(now) : this with { Status = Status.Pending, NextAttemptAt = now };
}
