namespace Tandem.Notification;

/// <summary>Names this assembly to whoever hosts it.</summary>
public sealed class NotificationService;
