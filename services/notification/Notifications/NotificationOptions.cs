using System.ComponentModel.DataAnnotations;

namespace Tandem.Notification;

/// <summary>The settings DEFAULT_RETRY_ATTEMPTS, NOTIFICATION_TTL, CLEANUP_INTERVAL, MAIL_FROM, MAIL_FORMAT and SMS_FORMAT.</summary>
internal sealed class NotificationOptions
{
    /// <summary>How often sending is tried before the notification counts as failed.</summary>
    [Range(1, 100)]
    public int RetryAttempts { get; set; } = 3;

    /// <summary>How long a notification is kept.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often those are removed whose time is over.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan CleanupInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whose address stands in the From of emails.</summary>
    [Required, EmailAddress]
    public string MailFrom { get; set; } = "no-reply@tandem.example";

    /// <summary><c>eml</c>: a whole email, for a binding that keeps it; <c>text</c>: the text alone, for one that writes the head itself (bindings.smtp).</summary>
    public MessageFormat MailFormat { get; set; } = MessageFormat.Eml;

    /// <summary><c>json</c>: who gets which text, for a provider behind bindings.http; <c>text</c>: the text alone, for a binding that reads the metadata toNumber.</summary>
    public MessageFormat SmsFormat { get; set; } = MessageFormat.Json;
}
