namespace Tandem.Notification;

/// <summary>Sends short messages through the output binding <c>sms</c>.</summary>
internal sealed class SmsSender(RecipientDirectory recipients, OutputBinding binding) : IChannelSender
{
    private const string Binding = "sms";

    public Channel Channel => Channel.Sms;

    public async Task<string?> SendAsync(UserNotification notification, CancellationToken cancellationToken)
    {
        if (await recipients.FindAsync(notification.UserId, static recipient => recipient.Phone, cancellationToken) is not { Phone: { } phone })
        {
            return "The user has no phone number.";
        }

        if (phone.Length > 32 || !phone.All(static c => char.IsAsciiDigit(c) || "+ ()-./".Contains(c, StringComparison.Ordinal)))
        {
            return "The user's phone number is not valid.";
        }

        await binding.CreateAsync(
            Binding,
            notification.Message,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["fileName"] = $"{notification.Id}.txt", ["toNumber"] = phone },
            cancellationToken);
        return null;
    }
}
