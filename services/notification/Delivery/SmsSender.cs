using System.Text.Json;
using Microsoft.Extensions.Options;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>
/// Sends short messages through the output binding <c>sms</c>: to a provider's HTTP API (bindings.http posts the body, and sends metadata that
/// begins with a capital letter as headers), to a binding of the provider's own, or into a folder.
/// </summary>
internal sealed class SmsSender(RecipientDirectory recipients, OutputBinding binding, IOptions<NotificationOptions> options) : IChannelSender
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

        var isJson = options.Value.SmsFormat == MessageFormat.Json;
        await binding.CreateAsync(
            Binding,
            isJson ? JsonSerializer.Serialize(new Sms(notification.Id, phone, notification.Message), ServiceJson.Options) : notification.Message,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["fileName"] = $"{notification.Id}.{(isJson ? "json" : "txt")}",
                ["toNumber"] = phone,
                ["Content-Type"] = isJson ? "application/json" : "text/plain; charset=utf-8",

                // What a provider that knows such keys sends once, however often it is asked.
                ["Idempotency-Key"] = notification.Id,
            },
            cancellationToken);
        return null;
    }

    private sealed record Sms(string Id, string To, string Message);
}
