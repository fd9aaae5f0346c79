namespace Tandem.Notification;

/// <summary>The way that a notification takes to its user.</summary>
internal enum Channel
{
    InApp,
    Email,
    Sms,
}

/// <summary>How much a notification matters.</summary>
internal enum Priority
{
    Low,
    Normal,
    High,
}

/// <summary>How far a notification has come.</summary>
internal enum Status
{
    Pending,
    Scheduled,
    Sent,
    Delivered,
    Failed,
    Read,
}

/// <summary>What an output binding is given.</summary>
internal enum MessageFormat
{
    Eml,
    Json,
    Text,
}
