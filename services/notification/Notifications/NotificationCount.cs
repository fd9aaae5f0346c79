namespace Tandem.Notification;

/// <summary>How many notifications of a kind there are.</summary>
internal sealed class NotificationCount
{
    public string Status { get; init; } = "";

    public string Channel { get; init; } = "";

    public string Type { get; init; } = "";

    public long Count { get; init; }
}
