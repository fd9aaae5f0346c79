using Microsoft.Extensions.Options;

namespace Tandem.Notification;

/// <summary>Sends emails through the output binding <c>email</c>.</summary>
internal sealed class EmailSender(RecipientDirectory recipients, OutputBinding binding, IOptions<NotificationOptions> options) : IChannelSender
{
    private const string Binding = "email";

    public Channel Channel => Channel.Email;

    public async Task<string?> SendAsync(UserNotification notification, CancellationToken cancellationToken)
    {
        if (await recipients.FindAsync(notification.UserId, static recipient => recipient.Email, cancellationToken) is not { Email: { } address } recipient)
        {
            return "The user has no email address.";
        }

        if (!EmailAddresses.IsPlain(address))
        {
            return "The user's email address is not valid.";
        }

        // Everything in the file comes from the notification, so that a repetition writes the same file once more.
        var mail = options.Value.MailFormat == MessageFormat.Text
            ? notification.Message
            : EmlWriter.Write(new EmailMessage(
                notification.Id, options.Value.MailFrom, recipient.Name, address, notification.Title, notification.Message, notification.CreatedAt));
        await binding.CreateAsync(
            Binding,
            mail,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["fileName"] = $"{notification.Id}.eml",
                ["emailFrom"] = options.Value.MailFrom,
                ["emailTo"] = address,
                ["subject"] = notification.Title,
            },
            cancellationToken);
        return null;
    }
}
